import type { ReactNode } from 'react';
import type { ClusterActivityNode, ClusterEntry, ClusterMethod } from '../../../../common/contract/cluster.ts';
import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatDuration, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { Outcome, placeOf, shortUser, useErrorShare } from './activity-columns.tsx';
import { Inspector } from './inspector.tsx';
import { knownCount, knownRate } from './model/numbers.ts';

type Fact = readonly [label: string, value: ReactNode];

/** Calls of a method that its inspector lists. */
const mostListed = 8;

export function MethodInspector(props: {
  readonly row: ClusterMethod;
  /** The newest calls of all methods. */
  readonly entries: readonly ClusterEntry[];
  readonly onEntry: (entry: ClusterEntry) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('cluster');
  const share = useErrorShare();
  const nameOf = useNodeNames();
  const { row } = props;
  const entries = props.entries.filter(({ method }) => method === row.method).slice(0, mostListed);
  const isMethod = row.method !== 'unknown';
  return (
    <Inspector
      title={isMethod ? row.method : t('unknownMethod')}
      place={t('ranOn', { count: row.nodes })}
      onClose={props.onClose}
      {...(row.errors > 0 && { state: <StateShape kind="failed" /> })}
      {...(isMethod && { foot: <OpenInRpc method={row.method} /> })}
    >
      <div className="sb-sec">
        <KeyValues
          items={[
            [t('col_perSecond'), knownRate(row.perSecond)],
            [t('median'), duration(row.p50Ms)],
            [t('p95'), duration(row.p95Ms)],
            [t('longest'), `${duration(row.maxMs)}${row.slowestNode === null ? '' : ` · ${row.slowestNode.name}`}`],
            [
              t('errors'),
              <span key="errors" className={row.errors > 0 ? 'sb-crit' : undefined}>
                {share(row.errors, row.calls)}
              </span>,
            ],
          ]}
        />
        <p className="sb-3 ac-note">{t('since')}</p>
      </div>
      <div className="sb-sec">
        <h3 className="sb-h">{t('latestOfMethod')}</h3>
        {entries.length === 0 && <p className="sb-3">{t('noneListed')}</p>}
        <ul className="ac-entries">
          {entries.map((entry) => (
            <li key={`${entry.nodeId} ${entry.id}`}>
              <button type="button" className="ac-entry" onClick={() => props.onEntry(entry)}>
                <span className="sb-3 sb-num">{formatTime(entry.timestamp)}</span>
                <span className="sb-clip">{placeOf(entry, nameOf)}</span>
                {entry.code !== null && <StateShape kind="failed" />}
                {entry.code !== null && <span className="sb-crit sb-clip">{entry.code}</span>}
                <span className="sb-grow" />
                <span className="sb-num">{formatDuration(entry.durationMs)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Inspector>
  );
}

export function CallInspector({ entry, onClose }: { readonly entry: ClusterEntry; readonly onClose: () => void }) {
  const { t } = useTranslation('cluster');
  const nameOf = useNodeNames();
  const isMethod = entry.method !== 'unknown';
  const facts: readonly Fact[] = [
    [t('outcome'), <Outcome key="outcome" code={entry.code} />],
    [t('took'), formatDuration(entry.durationMs)],
    [t('col_time'), formatTime(entry.timestamp, { milliseconds: true })],
    [t('node'), placeOf(entry, nameOf)],
    ...(entry.node === entry.nodeId ? [] : [[t('askedAt'), entry.name] as const]),
    [
      t('who'),
      <span key="who" title={entry.user}>
        {shortUser(entry.user)}
      </span>,
    ],
    [t('via'), entry.via],
  ];
  return (
    <Inspector
      title={isMethod ? entry.method : t('unknownMethod')}
      place={placeOf(entry, nameOf)}
      onClose={onClose}
      {...(entry.code !== null && { state: <StateShape kind="failed" /> })}
      {...(isMethod && { foot: <OpenInRpc method={entry.method} nodeId={entry.node} /> })}
    >
      <div className="sb-sec">
        <KeyValues items={facts} />
      </div>
    </Inspector>
  );
}

export function NodeInspector(props: {
  readonly node: ClusterActivityNode;
  readonly onOnly: (nodeId: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('cluster');
  const share = useErrorShare();
  const { node } = props;
  const facts: readonly Fact[] =
    node.error === null
      ? [
          [t('col_perSecond'), knownRate(node.perSecond)],
          [t('median'), duration(node.p50Ms)],
          [t('p95'), duration(node.p95Ms)],
          [t('col_errorsPerSecond'), knownRate(node.errorsPerSecond)],
          [t('col_running'), knownCount(node.inFlight)],
          [t('errors'), share(node.errors ?? 0, node.calls ?? 0)],
        ]
      : [[t('outcome'), <Outcome key="outcome" code={node.error.code} />]];
  return (
    <Inspector
      title={node.name}
      place={t('aboutNode')}
      onClose={props.onClose}
      state={<StateShape kind={node.error === null ? 'online' : 'unknown'} />}
      foot={
        <Button variant="default" onClick={() => props.onOnly(node.nodeId)}>
          {t('onlyThisNode')}
        </Button>
      }
    >
      <div className="sb-sec">
        {node.error !== null && <p className="sb-2 sb-select ac-lead">{node.error.message}</p>}
        <KeyValues items={facts} />
      </div>
    </Inspector>
  );
}

/** @param props.nodeId where it is called; the own node when absent or the own one */
function OpenInRpc(props: { readonly method: string; readonly nodeId?: string }) {
  const { t } = useTranslation('cluster');
  const own = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const { method, nodeId } = props;
  return (
    <Button variant="default" onClick={() => goTo('rpc', { method, ...(nodeId !== undefined && nodeId !== own && { node: nodeId }) })}>
      {t('openInRpc')}
    </Button>
  );
}

function duration(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}
