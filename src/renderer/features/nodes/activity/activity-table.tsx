import { useMemo, useState } from 'react';
import type { ClusterActivityNode, ClusterEntry, ClusterMethod } from '../../../../common/contract/cluster.ts';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { NothingMatches } from '../../shared/table/nothing-matches.tsx';
import { placeOf, type SortedColumn, useCallColumns, useMethodColumns, useNodeColumns } from './activity-columns.tsx';
import { CallInspector, MethodInspector, NodeInspector } from './activity-inspector.tsx';
import { ClusterTable } from './cluster-table.tsx';
import { filterRows, type Sort, sortRows } from './model/table.ts';

/** What is listed of the calls. */
export const parts = ['methods', 'nodes', 'newest', 'slowest'] as const;
export type Part = (typeof parts)[number];

/** A call is kept as it was: the list moves on. The others are shown as they are now. */
export type Selection =
  | { readonly kind: 'method'; readonly method: string }
  | { readonly kind: 'node'; readonly nodeId: string }
  | { readonly kind: 'call'; readonly entry: ClusterEntry };

export interface ActivityTableProps {
  readonly part: Part;
  readonly answer: ResultOf<'cluster.activity'>;
  readonly errorsOnly: boolean;
  readonly filter: string;
  /** Takes filter and errors-only away. */
  readonly onShowAll: () => void;
  readonly selection: Selection | undefined;
  readonly onSelect: (selection: Selection | undefined) => void;
  /** Asks one node alone. */
  readonly onNode: (nodeId: string) => void;
}

/** The chosen table, and beside it the details of the chosen row. */
export function ActivityTable(props: ActivityTableProps) {
  return (
    <div className="sb-split">
      <div className="sb-col sb-grow">
        {props.part === 'methods' && <Methods {...props} />}
        {props.part === 'nodes' && <Nodes {...props} />}
        {(props.part === 'newest' || props.part === 'slowest') && <Calls {...props} part={props.part} />}
      </div>
      <Details {...props} />
    </div>
  );
}

function Methods(props: ActivityTableProps) {
  const { t } = useTranslation('cluster');
  const { selection } = props;
  return (
    <Rows
      {...props}
      label={t('methods')}
      columns={useMethodColumns()}
      rows={props.answer.methods}
      keyOf={({ method }: ClusterMethod) => method}
      failed={({ errors }) => errors > 0}
      textsOf={({ method, slowestNode }) => [method, slowestNode?.name]}
      first={{ column: 'calls', descending: true }}
      selected={selection?.kind === 'method' ? selection.method : undefined}
      onOpen={({ method }) => props.onSelect({ kind: 'method', method })}
    />
  );
}

function Nodes(props: ActivityTableProps) {
  const { t } = useTranslation('cluster');
  const { selection } = props;
  return (
    <Rows
      {...props}
      label={t('byNode')}
      columns={useNodeColumns()}
      rows={props.answer.nodes}
      keyOf={({ nodeId }: ClusterActivityNode) => nodeId}
      failed={({ errors, error }) => (errors ?? 0) > 0 || error !== null}
      textsOf={({ name, nodeId, error }) => [name, nodeId, error?.code]}
      first={{ column: 'name', descending: false }}
      selected={selection?.kind === 'node' ? selection.nodeId : undefined}
      onOpen={({ nodeId }) => props.onSelect({ kind: 'node', nodeId })}
    />
  );
}

function Calls(props: ActivityTableProps & { readonly part: 'newest' | 'slowest' }) {
  const { t } = useTranslation('cluster');
  const nameOf = useNodeNames();
  const { selection, part, answer } = props;
  return (
    <Rows
      {...props}
      label={t(part)}
      columns={useCallColumns()}
      rows={part === 'newest' ? answer.entries : answer.slowest}
      keyOf={keyOfEntry}
      failed={({ code }) => code !== null}
      textsOf={(entry) => [entry.method, placeOf(entry, nameOf), entry.user, entry.code]}
      first={{ column: part === 'newest' ? 'time' : 'took', descending: true }}
      selected={selection?.kind === 'call' ? keyOfEntry(selection.entry) : undefined}
      onOpen={(entry) => props.onSelect({ kind: 'call', entry })}
    />
  );
}

function keyOfEntry({ nodeId, id }: ClusterEntry): string {
  return `${nodeId} ${id}`;
}

interface RowsProps<Row> {
  readonly label: string;
  readonly columns: readonly SortedColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly failed: (row: Row) => boolean;
  readonly textsOf: (row: Row) => readonly (string | null | undefined)[];
  /** The order at first. */
  readonly first: Sort;
  readonly selected: string | undefined;
  readonly onOpen: (row: Row) => void;
  readonly errorsOnly: boolean;
  readonly filter: string;
  readonly onShowAll: () => void;
}

function Rows<Row>(props: RowsProps<Row>) {
  const { t } = useTranslation('cluster');
  const [sort, setSort] = useState(props.first);
  const { rows, columns, errorsOnly, failed, filter, textsOf } = props;
  const value = columns.find(({ id }) => id === sort.column)?.value;
  // The functions are made anew at each drawing and say the same; rows are new with each answer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const shown = useMemo(() => {
    const wanted = filterRows(errorsOnly ? rows.filter(failed) : rows, filter, textsOf);
    return value === undefined ? wanted : sortRows(wanted, value, sort.descending);
  }, [rows, errorsOnly, filter, sort]);
  if (shown.length === 0 && filter.trim() !== '')
    return <NothingMatches title={t('noMatch', { text: filter.trim() })} onClear={props.onShowAll} />;
  if (shown.length === 0)
    return (
      <div className="sb-empty">
        <h2>{t('noErrors')}</h2>
        <p>{t('noErrorsText')}</p>
        <button type="button" className="sb-link" onClick={props.onShowAll}>
          {t('showAll')}
        </button>
      </div>
    );
  return (
    <ClusterTable
      label={props.label}
      columns={columns}
      rows={shown}
      keyOf={props.keyOf}
      sort={sort}
      onSort={setSort}
      selected={props.selected}
      onOpen={props.onOpen}
    />
  );
}

function Details({ selection, answer, onSelect, onNode }: ActivityTableProps) {
  const close = () => onSelect(undefined);
  if (selection === undefined) return null;
  if (selection.kind === 'call') return <CallInspector entry={selection.entry} onClose={close} />;
  if (selection.kind === 'node') {
    const node = answer.nodes.find(({ nodeId }) => nodeId === selection.nodeId);
    return node === undefined ? null : <NodeInspector node={node} onOnly={onNode} onClose={close} />;
  }
  const row = answer.methods.find(({ method }) => method === selection.method);
  if (row === undefined) return null;
  return <MethodInspector row={row} entries={answer.entries} onEntry={(entry) => onSelect({ kind: 'call', entry })} onClose={close} />;
}
