import { Button } from '../../../design/controls/index.ts';
import { GridTable } from '../../../design/data/grid-table.tsx';
import { IconDownload } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatDuration } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { processRows } from '../../../state/process-rows.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { openDialog } from '../dialogs.ts';
import { Part } from '../parts/part.tsx';

const everyMs = 2_000;

/** What the node and this console are made of, for finding a fault; and one file with all of it. */
export function DiagnosticsSection() {
  const { t } = useTranslation('settings');
  const stale = useNode(({ connection }) => connection.kind !== 'connected');
  const { state, retry } = useCall('system.processes', {}, { pollMs: everyMs });
  return (
    <div className="st-page st-broad" {...(stale && { 'data-stale': true })}>
      <Part title={t('bundle')} help={t('bundleShort')}>
        <Button
          variant="default"
          disabled={stale}
          leftSection={<IconDownload size={14} stroke={1.6} />}
          onClick={() => openDialog({ kind: 'supportBundle' })}
        >
          {t('bundleAct')}
        </Button>
      </Part>
      <Part title={t('processes')}>
        {state.kind === 'error' ? (
          <CallFailure title={t('processesFailed')} error={state.error} call="system.processes" onRetry={retry} />
        ) : (
          <ProcessTable rows={state.kind === 'loading' ? [] : processRows(state.data)} />
        )}
      </Part>
      <Part title={t('selfFacts')}>
        <SelfFacts />
      </Part>
    </div>
  );
}

function ProcessTable({ rows }: { readonly rows: ReturnType<typeof processRows> }) {
  const { t } = useTranslation('settings');
  return (
    <GridTable
      label={t('processes')}
      columns={[
        { id: 'name', title: t('process'), width: '120px' },
        { id: 'kind', title: t('kind'), width: 'minmax(56px, 1fr)' },
        { id: 'pid', title: t('pid'), width: '64px', right: true, optional: true },
        { id: 'memory', title: t('memory'), width: '80px', right: true },
        { id: 'cpu', title: t('cpu'), width: '56px', right: true },
        { id: 'delay', title: t('loopDelay'), width: '100px', right: true },
        { id: 'up', title: t('up'), width: '88px', right: true },
      ]}
      rows={rows.map((row) => ({ id: row.id, cells: [row.name, row.kind, row.pid, row.memory, row.cpu, row.loopDelay, row.uptime] }))}
    />
  );
}

function SelfFacts() {
  const { t } = useTranslation('settings');
  const status = useNode((node) => node.status);
  const catalogue = useNode((node) => node.catalogue);
  const heap = (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize;
  if (status === undefined) return null;
  const facts: readonly (readonly [string, string])[] = [
    [t('factUptime'), formatDuration(status.uptimeMs)],
    [t('factCapabilities'), status.capabilities.join(', ')],
    [t('factMethods'), formatCount(catalogue?.length ?? 0)],
    [t('factCalls'), t('factCallsValue', { total: formatCount(status.rpc.total), errors: formatCount(status.rpc.errors) })],
    [
      t('factEvents'),
      t('factEventsValue', { published: formatCount(status.events.published), dropped: formatCount(status.events.dropped) }),
    ],
    [t('factSubscriptions'), formatCount(status.events.subscriptions)],
    [t('factConsole'), navigator.userAgent],
    [t('factHeap'), heap === undefined ? t('factUnknown') : formatBytes(heap)],
  ];
  return (
    <dl className="sb-kv st-facts">
      {facts.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd className="sb-select" title={value}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
