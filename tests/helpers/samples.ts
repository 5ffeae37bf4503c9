/** Values of the contract for tests: well, and with nothing to tell. What a test is about it says itself. */
import type { NodeInfo } from '../../src/common/contract/nodes.ts';
import type { MetricPoint } from '../../src/common/contract/system.ts';

/** A node that is there and well, with the id `n1-NAME`. */
export function nodeInfo(name: string, change: Partial<NodeInfo> = {}): NodeInfo {
  return {
    nodeId: `n1-${name}`,
    name,
    self: false,
    status: 'online',
    version: '1.0.0',
    capabilities: ['router'],
    health: 'ok',
    load: 0,
    since: null,
    lastSeenAt: null,
    epoch: 1,
    clockOffsetMs: null,
    rttMs: null,
    via: 'mqtt',
    secure: false,
    circuit: 'closed',
    circuitOpenMs: 0,
    pendingCalls: 0,
    ...change,
  };
}

/** A second in which nothing happened and nothing could be measured. */
export function metricPoint(timestamp: number, change: Partial<MetricPoint> = {}): MetricPoint {
  return {
    timestamp,
    rpcPerSecond: 0,
    rpcErrorsPerSecond: 0,
    rpcP50Ms: null,
    rpcP95Ms: null,
    eventsPerSecond: 0,
    eventsDroppedPerSecond: 0,
    cpuPercent: null,
    memoryPercent: null,
    diskPercent: null,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    eventLoopDelayP99Ms: null,
    clients: 0,
    ...change,
  };
}
