import { memo, type ReactNode } from 'react';
import type { NodeStatus } from '../../../common/contract/node.ts';
import { IconButton } from '../../design/controls/icon-button.tsx';
import { copyText } from '../../design/copy-text.ts';
import { GridTable } from '../../design/data/grid-table.tsx';
import { showToast } from '../../design/feedback/toast.ts';
import { IconCopy, type StateKind, StateLabel } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatTime } from '../../state/format.ts';
import { groupId } from '../../state/group-id.ts';
import { processRows } from '../../state/process-rows.ts';
import { type CallState, useCall } from '../../state/use-call.ts';
import { machineWords } from './model/snapshot.ts';

/**
 * What a node is: identity, version, where its data is, what it runs on.
 *
 * @param props.nodeId undefined for the own node
 */
export const NodeFacts = memo(function NodeFacts({ status, nodeId }: { readonly status: NodeStatus; readonly nodeId: string | undefined }) {
  const { t } = useTranslation('overview');
  const { state } = useCall('system.info', {}, { nodeId });
  const info = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  const copyId = () => void copyText(status.nodeId).then((done) => done && showToast({ title: t('idCopied') }));
  const runtime = info?.runtime;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('name'), <b key="name">{status.name}</b>],
    [t('version'), status.version],
    [
      t('nodeId'),
      <span key="id" className="sb-flex ov-id">
        <span className="sb-mono sb-clip" title={status.nodeId}>
          {groupId(status.nodeId)}
        </span>
        <IconButton label={t('copyId')} onClick={copyId}>
          <IconCopy size={14} stroke={1.6} />
        </IconButton>
      </span>,
    ],
    [t('startedAt'), formatTime(status.startedAt)],
    [
      t('dataFolder'),
      <span key="folder" className="sb-mono" title={status.dataFolder}>
        {status.dataFolder}
      </span>,
    ],
    [t('system'), info === undefined ? t('noValue') : `${info.os.distribution ?? info.os.platform}, ${info.os.arch}`],
    [t('machineFact'), info === undefined ? t('noValue') : machineWords(info)],
    [
      t('runtime'),
      runtime === undefined
        ? t('noValue')
        : runtime.electron === null
          ? t('runtimeWords', { node: runtime.node, sqlite: runtime.sqlite ?? t('noValue') })
          : t('runtimeElectron', { electron: runtime.electron, node: runtime.node, sqlite: runtime.sqlite ?? t('noValue') }),
    ],
  ];
  return (
    <section aria-labelledby="ov-node">
      <div className="sb-part-head">
        <h2 id="ov-node" className="sb-h">
          {nodeId === undefined ? t('thisNode') : status.name}
        </h2>
      </div>
      <dl className="sb-kv ov-facts">
        {facts.map(([label, value]) => (
          <div key={label} className="ov-fact">
            <dt>{label}</dt>
            <dd className="sb-select">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
});

const listenerShapes: Record<NodeStatus['listeners'][number]['state'], StateKind> = {
  listening: 'online',
  off: 'offline',
  failed: 'failed',
};

/** Ports the node listens on, each with its state. */
export const Listeners = memo(function Listeners({ status, stale }: { readonly status: NodeStatus; readonly stale: boolean }) {
  const { t } = useTranslation('overview');
  return (
    <section aria-labelledby="ov-listeners">
      <div className="sb-part-head">
        <h2 id="ov-listeners" className="sb-h">
          {t('listeners')}
        </h2>
      </div>
      {status.listeners.length === 0 ? (
        <p className="sb-3 ov-note">{t('noListeners')}</p>
      ) : (
        <GridTable
          label={t('listeners')}
          columns={[
            { id: 'name', title: t('listener'), width: '140px' },
            { id: 'state', title: t('state'), width: '120px' },
            { id: 'address', title: t('address'), width: '180px' },
            { id: 'detail', title: t('detail'), width: 'minmax(0, 1fr)' },
          ]}
          rows={status.listeners.map((listener) => ({
            id: listener.name,
            cells: [
              <b key="name" className="ov-name">
                {listener.name}
              </b>,
              <StateLabel key="state" kind={stale ? 'unknown' : listenerShapes[listener.state]}>
                {t(`listener_${listener.state}`)}
              </StateLabel>,
              <span key="address" className="sb-mono">
                {listener.address === null ? t('noValue') : `${listener.address}:${listener.port}`}
              </span>,
              <span key="detail" className="sb-3" title={listener.detail ?? ''}>
                {listener.detail}
              </span>,
            ],
          }))}
        />
      )}
    </section>
  );
});

/** The node's own processes and threads. */
export function Processes({ state }: { readonly state: CallState<Parameters<typeof processRows>[0]> }) {
  const { t } = useTranslation('overview');
  const rows = state.kind === 'ready' || state.kind === 'stale' ? processRows(state.data) : [];
  return (
    <section aria-labelledby="ov-processes">
      <div className="sb-part-head">
        <h2 id="ov-processes" className="sb-h">
          {t('processes')}
        </h2>
        {state.kind === 'error' && (
          <StateLabel kind="failed">{t('withCode', { word: t('sectionFailed'), code: state.error.code })}</StateLabel>
        )}
      </div>
      <GridTable
        label={t('processes')}
        columns={[
          { id: 'name', title: t('process'), width: '140px' },
          { id: 'kind', title: t('kind'), width: 'minmax(56px, 1fr)' },
          { id: 'pid', title: t('pid'), width: '64px', right: true, optional: true },
          { id: 'memory', title: t('memoryColumn'), width: '80px', right: true },
          { id: 'cpu', title: t('cpuColumn'), width: '64px', right: true },
          { id: 'delay', title: t('loopDelayColumn'), width: '104px', right: true },
          { id: 'up', title: t('uptimeColumn'), width: '88px', right: true },
        ]}
        rows={rows.map((row) => ({
          id: row.id,
          cells: [
            <b key="name" className="ov-name">
              {row.name}
            </b>,
            <span key="kind" className="sb-2">
              {row.kind}
            </span>,
            row.pid,
            row.memory,
            row.cpu,
            row.loopDelay,
            row.uptime,
          ],
        }))}
      />
    </section>
  );
}
