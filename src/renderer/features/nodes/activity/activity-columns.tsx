/** What the tables of the calls show. */
import type { ClusterActivityNode, ClusterEntry, ClusterMethod } from '../../../../common/contract/cluster.ts';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { type Texts, useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import type { TableColumn } from './cluster-table.tsx';
import { formatMs, knownCount, knownRate } from './model/numbers.ts';
import type { SortValue } from './model/table.ts';

/** A column that knows what it is sorted by. */
export type SortedColumn<Row> = TableColumn<Row, string> & { readonly value: (row: Row) => SortValue };

type Hint = keyof Texts['cluster'] & `hint_${string}`;
type Title = keyof Texts['cluster'] & `col_${string}`;

/** Makes a column of numbers: they stand at the right, with the unit in the head. */
function useNumberColumn() {
  const { t } = useTranslation('cluster');
  return <Row,>(
    id: string,
    title: Title,
    value: (row: Row) => number | null,
    format: (value: number | null) => string,
    options: { readonly hint?: Hint; readonly width?: string; readonly optional?: boolean; readonly isError?: boolean } = {},
  ): SortedColumn<Row> => ({
    id,
    title: t(title),
    ...(options.hint !== undefined && { hint: t(options.hint) }),
    width: options.width ?? '72px',
    right: true,
    optional: options.optional === true,
    value,
    cell: (row) => {
      const number = value(row);
      // A problem-free table is grey: nothing is coloured but errors that happened.
      return <span className={options.isError === true && (number ?? 0) > 0 ? 'sb-crit' : undefined}>{format(number)}</span>;
    },
  });
}

export function useMethodColumns(): readonly SortedColumn<ClusterMethod>[] {
  const { t } = useTranslation('cluster');
  const number = useNumberColumn();
  return [
    {
      id: 'method',
      title: t('method'),
      width: 'minmax(140px, 1fr)',
      text: true,
      className: 'ac-first',
      value: ({ method }) => method,
      cell: ({ method }) => <MethodName method={method} />,
    },
    number('perSecond', 'col_perSecond', ({ perSecond }) => perSecond, knownRate, { hint: 'hint_now' }),
    number('p50', 'col_p50', ({ p50Ms }) => p50Ms, formatMs, { hint: 'hint_sinceStart' }),
    number('p95', 'col_p95', ({ p95Ms }) => p95Ms, formatMs, { hint: 'hint_sinceStart' }),
    number('calls', 'col_calls', ({ calls }) => calls, knownCount, { hint: 'hint_sinceStart', width: '80px' }),
    number('errors', 'col_errors', ({ errors }) => errors, knownCount, { hint: 'hint_sinceStart', isError: true }),
    number('nodes', 'col_nodes', ({ nodes }) => nodes, knownCount, { width: '56px', optional: true }),
    number('max', 'col_max', ({ maxMs }) => maxMs, formatMs, { hint: 'hint_sinceStart', width: '88px' }),
    {
      id: 'slowestNode',
      title: t('col_slowestNode'),
      width: 'minmax(80px, 128px)',
      text: true,
      right: true,
      optional: true,
      value: ({ slowestNode }) => slowestNode?.name ?? null,
      cell: ({ slowestNode }) => <span className="sb-2">{slowestNode?.name ?? t('noValue')}</span>,
    },
  ];
}

export function useNodeColumns(): readonly SortedColumn<ClusterActivityNode>[] {
  const { t } = useTranslation('cluster');
  const number = useNumberColumn();
  return [
    {
      id: 'name',
      title: t('node'),
      width: 'minmax(140px, 1fr)',
      text: true,
      className: 'ac-first',
      value: ({ name }) => name,
      cell: ({ name, error }) => (error === null ? name : <NotAnswering name={name} code={error.code} />),
    },
    number('perSecond', 'col_perSecond', ({ perSecond }) => perSecond, knownRate, { hint: 'hint_now' }),
    number('p50', 'col_p50', ({ p50Ms }) => p50Ms, formatMs, { hint: 'hint_recent' }),
    number('p95', 'col_p95', ({ p95Ms }) => p95Ms, formatMs, { hint: 'hint_recent' }),
    number('errorsPerSecond', 'col_errorsPerSecond', (node) => node.errorsPerSecond, knownRate, { hint: 'hint_now', isError: true }),
    number('running', 'col_running', ({ inFlight }) => inFlight, knownCount),
    number('calls', 'col_calls', ({ calls }) => calls, knownCount, { hint: 'hint_sinceStart', width: '80px' }),
    number('errors', 'col_errors', ({ errors }) => errors, knownCount, { hint: 'hint_sinceStart', isError: true }),
  ];
}

export function useCallColumns(): readonly SortedColumn<ClusterEntry>[] {
  const { t } = useTranslation('cluster');
  const nameOf = useNodeNames();
  const number = useNumberColumn();
  return [
    {
      id: 'time',
      title: t('col_time'),
      width: '96px',
      value: ({ timestamp }) => timestamp,
      cell: ({ timestamp }) => <span className="sb-3">{formatTime(timestamp, { milliseconds: true })}</span>,
    },
    {
      id: 'method',
      title: t('method'),
      width: 'minmax(140px, 1fr)',
      text: true,
      className: 'ac-first',
      value: ({ method }) => method,
      cell: ({ method }) => <MethodName method={method} />,
    },
    {
      id: 'node',
      title: t('node'),
      width: 'minmax(88px, 160px)',
      text: true,
      value: (entry) => placeOf(entry, nameOf),
      cell: (entry) => placeOf(entry, nameOf),
    },
    {
      id: 'user',
      title: t('col_user'),
      width: 'minmax(80px, 160px)',
      text: true,
      optional: true,
      value: ({ user }) => user,
      cell: ({ user }) => <span className="sb-2">{shortUser(user)}</span>,
    },
    {
      id: 'outcome',
      title: t('col_outcome'),
      width: '176px',
      text: true,
      value: ({ code }) => code,
      cell: ({ code }) => <Outcome code={code} />,
    },
    number('took', 'col_took', ({ durationMs }) => durationMs, formatMs),
  ];
}

/** Every name that is no method is counted as one, so that a stranger's names make no rows. */
export function MethodName({ method }: { readonly method: string }) {
  const { t } = useTranslation('cluster');
  return method === 'unknown' ? <span className="sb-2">{t('unknownMethod')}</span> : method;
}

export function Outcome({ code }: { readonly code: string | null }) {
  const { t } = useTranslation('cluster');
  if (code === null) return <span className="sb-2">{t('outcome_success')}</span>;
  return <StateLabel kind="failed">{code}</StateLabel>;
}

/** The node that ran a call, or was to run it. One that does not tell is known from where the call was asked. */
export function placeOf(entry: ClusterEntry, nameOf: (nodeId: string) => string): string {
  return entry.node === entry.nodeId ? entry.name : nameOf(entry.node);
}

/** `ada` of `ada@n1…`. */
export function shortUser(user: string): string {
  return user.split('@')[0] ?? user;
}

function NotAnswering({ name, code }: { readonly name: string; readonly code: string }) {
  const { t } = useTranslation('cluster');
  return (
    <span className="sb-state sb-3">
      <StateShape kind="unknown" />
      {name} · {t('noAnswer')} · {code}
    </span>
  );
}

/** `3 of 120`: never a share without its numbers. */
export function useErrorShare() {
  const { t } = useTranslation('cluster');
  return (errors: number, calls: number) => t('share', { errors: formatCount(errors), calls: formatCount(calls) });
}
