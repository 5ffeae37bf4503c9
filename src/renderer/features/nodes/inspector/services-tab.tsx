import { useMemo, useState } from 'react';
import { TextInput } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconChevronDown, IconChevronRight, IconSearch } from '../../../design/icons/index.ts';
import { TopRow } from '../../../design/layout/row-split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { type ServiceRow, serviceRows } from '../model/service-rows.ts';
import { MethodDetail } from './method-detail.tsx';
import { NodeAway } from './node-away.tsx';
import { answerOf, type InspectedProps, useAsk } from './use-ask.ts';

/** What the node can do: its methods by service, and the chosen one in detail. */
export function ServicesTab(props: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const { node, reachable } = props;
  const { state, retry, cancel } = useAsk(props, 'rpc.catalogue', {});
  const answer = answerOf(state);
  const [text, setText] = useState('');
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set());
  const [selectedKey, setSelectedKey] = useState<string>();
  const rows = useMemo(() => serviceRows(answer?.data.methods ?? [], text, closed), [answer, text, closed]);
  const selected = answer?.data.methods.find(({ method }) => method === selectedKey);
  if (!reachable && answer === undefined) return <NodeAway node={node} missing="services" />;
  if (state.kind === 'error') {
    return (
      <CallFailure
        title={t('servicesFailed', { name: node.name })}
        error={state.error}
        call="rpc.catalogue"
        node={node.name}
        onRetry={retry}
      />
    );
  }
  if (state.kind === 'loading') {
    return (
      <Loading
        rows={10}
        asking={(seconds) => common('asking', { node: node.name, seconds })}
        cancelLabel={common('cancel')}
        onCancel={cancel}
      />
    );
  }
  return (
    <>
      {!reachable && <NodeAway node={node} missing="services" shownAtMs={answer?.atMs} />}
      <TopRow name="nodes.services" initialHeight={300} minHeight={120} minHeightBelow={160} label={t('listHeight')} className="sb-col">
        <div className="sb-subbar nd-bar">
          <TextInput
            className="sb-grow"
            aria-label={t('filterMethods')}
            placeholder={t('filterMethods')}
            leftSection={<IconSearch size={14} stroke={1.6} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || text === '') return;
              setText('');
              event.preventDefault();
            }}
          />
          <span className="sb-3 sb-num">{t('methodCount', { count: answer?.data.methods.length ?? 0 })}</span>
        </div>
        {rows.length === 0 ? (
          <p className="sb-2 nd-pad">{t('noMethodMatches', { text })}</p>
        ) : (
          <MethodTree
            rows={rows}
            selectedKey={selectedKey}
            onSelect={setSelectedKey}
            onToggle={(service, expanded) => setClosed((before) => toggled(before, service, !expanded))}
          />
        )}
      </TopRow>
      {selected === undefined ? (
        <p className="sb-3 nd-pad nd-below">{t('chooseMethod')}</p>
      ) : (
        <MethodDetail key={selected.method} entry={selected} node={node} reachable={reachable} />
      )}
    </>
  );
}

function toggled(before: ReadonlySet<string>, name: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(before);
  if (isIn) next.add(name);
  else next.delete(name);
  return next;
}

function MethodTree(props: {
  readonly rows: readonly ServiceRow[];
  readonly selectedKey: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onToggle: (service: string, expanded: boolean) => void;
}) {
  const { t } = useTranslation('nodes');
  const rowHeight = useRowHeight('--sb-tree-row');
  const { rows } = props;
  const selected = rows.findIndex(({ key }) => key === props.selectedKey);
  const toggle = (index: number) => {
    const row = rows[index];
    if (row?.kind === 'service') props.onToggle(row.key, !row.expanded);
  };
  return (
    <VirtualList
      label={t('show_services')}
      count={rows.length}
      rowHeight={rowHeight}
      columns="minmax(0, 1fr) auto"
      rowClassName="compact"
      keyOf={(index) => rows[index]?.key ?? index}
      selectedIndex={selected === -1 ? undefined : selected}
      onSelect={(index) => props.onSelect(rows[index]?.key ?? '')}
      onOpen={toggle}
      openOnClick
      tree={{
        levelOf: (index) => (rows[index]?.kind === 'service' ? 1 : 2),
        expandedOf: (index) => {
          const row = rows[index];
          return row?.kind === 'service' ? row.expanded : undefined;
        },
        onToggle: toggle,
      }}
      renderRow={(index) => {
        const row = rows[index];
        return row === undefined ? null : <RowCells row={row} />;
      }}
    />
  );
}

function RowCells({ row }: { readonly row: ServiceRow }) {
  const { t: common } = useTranslation('common');
  if (row.kind === 'service') {
    const Chevron = row.expanded ? IconChevronDown : IconChevronRight;
    return (
      <>
        <span className="sb-flex nd-service">
          <Chevron size={12} stroke={1.6} />
          {row.name}
        </span>
        <span className="sb-cap">{row.count}</span>
      </>
    );
  }
  const { effect, method, help } = row.entry;
  return (
    <>
      <span className="sb-mono nd-method sb-clip" title={help}>
        {method}
      </span>
      {effect !== 'read' && <span className={`sb-tag ${effect === 'write' ? 'warn' : 'crit'}`}>{common(`effect_${effect}`)}</span>}
    </>
  );
}
