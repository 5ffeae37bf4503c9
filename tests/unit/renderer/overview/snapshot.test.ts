import { describe, expect, test } from 'vitest';
import type { NodeStatus } from '../../../../src/common/contract/node.ts';
import { snapshotFileName, snapshotJson, snapshotMarkdown } from '../../../../src/renderer/features/overview/model/snapshot.ts';
import { processRows } from '../../../../src/renderer/state/process-rows.ts';

const takenAtMs = Date.UTC(2026, 10, 21, 12, 1, 3);
const status: NodeStatus = {
  nodeId: 'n1beihtx7cth4srm',
  name: 'press-07',
  version: '0.1.0',
  mode: 'headless',
  state: 'warn',
  problems: [{ id: 'disk.nearlyFull', severity: 'warn', title: 'The disk is 93 % full', detail: 'Free space.', sinceMs: 1, view: null }],
  startedAt: 1,
  uptimeMs: 11_040_000,
  dataFolder: '/var/lib/signalbox',
  capabilities: ['router'],
  listeners: [{ name: 'http', address: '127.0.0.1', port: 7_420, state: 'listening', detail: null }],
  clients: { ipc: 0, ws: 2, cli: 0, local: 0 },
  rpc: { total: 14_021, errors: 3, inFlight: 0, perSecond: 412, p50Ms: 0.4, p95Ms: null },
  events: { published: 9, delivered: 9, dropped: 0, perSecond: 1.5, topics: 41, subscriptions: 2 },
  environment: 'prod',
};
const processes = processRows({
  processes: [
    { kind: 'main', name: 'node', pid: 7, cpuPercent: 3.25, memoryBytes: 153_092_096, eventLoopDelayP99Ms: null, uptimeMs: 11_040_000 },
  ],
});

describe('a snapshot', () => {
  test('for people names the node, its problems and its figures', () => {
    const text = snapshotMarkdown({ takenAtMs, status, metrics: undefined, processes });
    expect(text).toContain('# press-07, 2026-11-21T12:01:03.000Z');
    expect(text).toContain('- **warn** The disk is 93 % full. Free space.');
    expect(text).toContain('| RPC | 412/s, p50 0.4 ms, p95 –, 3 of 14,021 failed |');
    expect(text).toContain('| Listener http | listening, 127.0.0.1:7420 |');
    expect(text).toContain('| Process node | 146 MB, 3.3 %, loop delay – ms |');
  });

  test('for people says that there is no problem', () => {
    expect(snapshotMarkdown({ takenAtMs, status: { ...status, problems: [] }, metrics: undefined, processes: [] })).toContain(
      'No problem.',
    );
  });

  test('for machines is the answer of the node', () => {
    expect(JSON.parse(snapshotJson({ takenAtMs, status, metrics: undefined, processes }))).toMatchObject({
      takenAt: '2026-11-21T12:01:03.000Z',
      status,
      metrics: null,
    });
  });

  test('is a file with the node and the time in its name', () => {
    expect(snapshotFileName('press-07', takenAtMs, 'md')).toBe('press-07-2026-11-21-120103.md');
  });
});
