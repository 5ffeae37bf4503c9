import { IconChevronDown, IconChevronRight, IconFileText } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatDuration, formatTime } from '../../../state/format.ts';
import type { SideRow } from '../model/side-rows.ts';
import { useTargetLabel } from '../request/target-picker.tsx';
import { useRpc } from '../state/rpc-store.ts';
import { isDirty } from '../state/tabs.ts';

/** One row of the side list: two cells of plain text. */
export function SideRowView({ row }: { readonly row: SideRow }) {
  switch (row.kind) {
    case 'section':
      return <SectionRow row={row} />;
    case 'service':
      return (
        <span className="sb-flex sb-rpc-service">
          <Chevron expanded={row.expanded} />
          {row.name}
        </span>
      );
    case 'saved':
      return <SavedRow row={row} />;
    case 'method':
      return <MethodRow row={row} />;
    case 'history':
      return <HistoryRow row={row} />;
  }
}

function Chevron({ expanded }: { readonly expanded: boolean }) {
  return expanded ? <IconChevronDown size={12} stroke={1.6} /> : <IconChevronRight size={12} stroke={1.6} />;
}

function SectionRow({ row }: { readonly row: Extract<SideRow, { kind: 'section' }> }) {
  const { t } = useTranslation('rpc');
  return (
    <>
      <span className="sb-flex sb-cap">
        {t(`section_${row.name}`)}
        {!row.expanded && <Chevron expanded={false} />}
      </span>
      <span className="sb-cap">{formatCount(row.count)}</span>
    </>
  );
}

function SavedRow({ row }: { readonly row: Extract<SideRow, { kind: 'saved' }> }) {
  const { t } = useTranslation('rpc');
  const dirty = useRpc(({ tabs }) => tabs.some((tab) => tab.savedId === row.request.id && isDirty(tab)));
  return (
    <>
      <span className="sb-flex sb-rpc-leaf" title={row.request.content.method}>
        <IconFileText size={14} stroke={1.5} color="var(--sb-text-3)" />
        <span className="sb-clip">{row.request.name}</span>
      </span>
      {dirty && (
        <span className="sb-3" role="img" aria-label={t('unsaved')}>
          •
        </span>
      )}
    </>
  );
}

function MethodRow({ row }: { readonly row: Extract<SideRow, { kind: 'method' }> }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const { entry, lacking } = row;
  if (lacking !== undefined) {
    return (
      <>
        <span className="sb-mono sb-rpc-method sb-3 sb-clip" title={t('docLacking', { node: lacking })}>
          {row.label}
        </span>
        <span className="sb-tag" title={t('docLacking', { node: lacking })}>
          {t('lacking', { node: lacking })}
        </span>
      </>
    );
  }
  if (!entry.allowed) {
    return (
      <>
        <span className="sb-mono sb-rpc-method sb-3 sb-clip" title={t('notAllowed', { role: common(`role_${entry.role}`) })}>
          {row.label}
        </span>
        <span className="sb-tag" title={t('notAllowed', { role: common(`role_${entry.role}`) })}>
          {t('needs', { role: common(`role_${entry.role}`) })}
        </span>
      </>
    );
  }
  return (
    <>
      <span className="sb-mono sb-rpc-method sb-clip" title={entry.help}>
        {row.label}
      </span>
      {entry.effect === 'write' && <span className="sb-tag warn">{common('effect_write')}</span>}
      {entry.effect === 'destructive' && <span className="sb-tag crit">{common('effect_destructive')}</span>}
    </>
  );
}

function HistoryRow({ row }: { readonly row: Extract<SideRow, { kind: 'history' }> }) {
  const { t } = useTranslation('rpc');
  const { entry } = row;
  const labelOf = useTargetLabel();
  const outcome = entry.outcome === 'ok' ? formatDuration(entry.durationMs) : t(`outcome_${entry.outcome}`);
  return (
    <>
      <span className="sb-flex" title={`${labelOf(entry.content.target)}\n${entry.content.text}`}>
        <span className="sb-num sb-3">{formatTime(entry.atMs)}</span>
        <span className="sb-mono sb-clip">{entry.content.method}</span>
      </span>
      <span className={entry.outcome === 'failed' ? 'sb-crit' : 'sb-3'} title={entry.code ?? undefined}>
        {outcome}
      </span>
    </>
  );
}
