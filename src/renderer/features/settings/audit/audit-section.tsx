import { useState } from 'react';
import type { AuditEntry } from '../../../../common/contract/audit.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Select, TextInput, useDebouncedValue } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconRefresh, type StateKind, StateLabel } from '../../../design/icons/index.ts';
import { SideColumn } from '../../../design/layout/split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { useSectionName } from '../use-section-name.ts';
import { AuditInspector } from './audit-inspector.tsx';
import { type AuditFilter, type AuditPages, useAudit } from './use-audit.ts';

const columns = '136px 88px minmax(80px, 128px) minmax(120px, 1fr) minmax(80px, 1fr)';
const outcomes = ['done', 'failed', 'refused'] as const;
/** A thing that was done is no news; the shapes are for what was not. */
const shapes: Record<AuditEntry['outcome'], StateKind> = { done: 'online', failed: 'failed', refused: 'failed' };
const noFilter: AuditFilter = { outcome: undefined, user: '', act: '' };

/** Who changed what and who was refused. Read only: the table has no edit. */
export function AuditSection({ isAdmin }: { readonly isAdmin: boolean }) {
  const { t } = useTranslation('settings');
  if (!isAdmin)
    return (
      <div className="st-page">
        <p className="sb-3">{t('auditForAdmins')}</p>
      </div>
    );
  return <AuditTable />;
}

function AuditTable() {
  const { t } = useTranslation('settings');
  const sectionName = useSectionName();
  const [filter, setFilter] = useState(noFilter);
  const [settled] = useDebouncedValue(filter, 250);
  const stale = useNode(({ connection }) => connection.kind !== 'connected');
  const audit = useAudit(settled);
  const [selectedId, setSelectedId] = useState<number>();
  const index = audit.entries.findIndex(({ id }) => id === selectedId);
  const selected = audit.entries[index];
  return (
    <section className="st-audit sb-col" aria-label={sectionName('audit')} {...(stale && { 'data-stale': true })}>
      <div className="sb-subbar st-log-bar">
        <Select
          aria-label={t('outcome')}
          className="st-log-level"
          value={filter.outcome ?? 'any'}
          onChange={(next) => setFilter({ ...filter, outcome: outcomes.find((known) => known === next) })}
          data={[{ value: 'any', label: t('anyOutcome') }, ...outcomes.map((value) => ({ value, label: t(`outcome_${value}`) }))]}
        />
        <TextInput
          aria-label={t('auditUser')}
          placeholder={t('auditUser')}
          className="st-log-filter"
          value={filter.user}
          onChange={(event) => setFilter({ ...filter, user: event.currentTarget.value })}
        />
        <TextInput
          aria-label={t('auditAct')}
          placeholder={t('auditAct')}
          className="st-log-filter"
          value={filter.act}
          onChange={(event) => setFilter({ ...filter, act: event.currentTarget.value })}
        />
        <span className="sb-grow" />
        <IconButton label={t('readAgain')} onClick={audit.readAgain}>
          <IconRefresh size={16} stroke={1.6} />
        </IconButton>
      </div>
      <div className="sb-split">
        <div className="sb-col sb-grow">
          <AuditRows audit={audit} index={index} onSelect={setSelectedId} onClear={() => setFilter(noFilter)} />
        </div>
        {selected !== undefined && (
          <SideColumn
            name="settings.audit"
            side="right"
            initialWidth={348}
            minWidth={300}
            maxWidth={640}
            label={t('entryWidth')}
            className="sb-col st-inspector"
          >
            <AuditInspector entry={selected} onClose={() => setSelectedId(undefined)} />
          </SideColumn>
        )}
      </div>
    </section>
  );
}

function AuditRows(props: {
  readonly audit: AuditPages;
  readonly index: number;
  readonly onSelect: (id: number | undefined) => void;
  readonly onClear: () => void;
}) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const rowHeight = useRowHeight('--sb-row');
  const { entries, total, state, failure, readMore, readAgain } = props.audit;
  if (failure !== undefined && entries.length === 0)
    return <CallFailure title={t('auditFailed')} error={failure} call="audit.list" onRetry={readAgain} />;
  if (state === 'loading' && entries.length === 0)
    return (
      <Loading rows={12} asking={(seconds) => common('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} />
    );
  if (entries.length === 0)
    return (
      <div className="sb-empty">
        <h3 className="st-empty-title">{t('noEntryMatches')}</h3>
        <button type="button" className="sb-link" onClick={props.onClear}>
          {common('clearFilter')}
        </button>
      </div>
    );
  return (
    <>
      <VirtualList
        label={t('auditEntries')}
        count={entries.length}
        rowHeight={rowHeight}
        columns={columns}
        keyOf={(row) => entries[row]?.id ?? row}
        selectedIndex={props.index === -1 ? undefined : props.index}
        onSelect={(row) => props.onSelect(entries[row]?.id)}
        head={
          <div className="sb-head" style={{ gridTemplateColumns: columns }}>
            <span>{t('time')}</span>
            <span>{t('outcome')}</span>
            <span>{t('who')}</span>
            <span>{t('act')}</span>
            <span>{t('detail')}</span>
          </div>
        }
        renderRow={(row) => {
          const entry = entries[row];
          if (entry === undefined) return null;
          return (
            <>
              <span className="sb-3">{formatTime(entry.timestamp)}</span>
              {entry.outcome === 'done' ? (
                <span>{t('outcome_done')}</span>
              ) : (
                <StateLabel kind={shapes[entry.outcome]}>{t(`outcome_${entry.outcome}`)}</StateLabel>
              )}
              <span>{entry.user.split('@')[0]}</span>
              <span className="sb-mono">{entry.act}</span>
              <span className="sb-3">{entry.code ?? entry.detail ?? entry.target}</span>
            </>
          );
        }}
      />
      <div className="st-counters">
        <span>{t('entriesShown', { shown: formatCount(entries.length), total: formatCount(total) })}</span>
        {entries.length < total && (
          <button type="button" className="sb-link" disabled={state === 'loading'} onClick={readMore}>
            {t('older')}
          </button>
        )}
        {failure !== undefined && <StateLabel kind="failed">{failure.message}</StateLabel>}
      </div>
    </>
  );
}
