/** The reference pages name everything that there is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorCodes } from '../../src/common/errors.ts';
import { limits } from '../../src/common/limits.ts';
import { exitCodeMeanings, exitCodes } from '../../src/main/cli/exit-codes.ts';
import { cliCommands } from '../../src/main/cli/run.ts';
import { BrokerMetrics } from '../../src/main/node/broker/broker-metrics.ts';
import { brokerLimits } from '../../src/main/node/broker/limits.ts';
import { logLimits } from '../../src/main/node/broker/log/log-limits.ts';
import { machineLimits } from '../../src/main/node/broker/machine/limits.ts';
import { peerLimits } from '../../src/main/node/broker/peers/limits.ts';
import { discoveryLimits } from '../../src/main/node/discovery/index.ts';
import { carrierLimits } from '../../src/main/node/federation/carriers/limits.ts';
import { federationLimits } from '../../src/main/node/federation/limits.ts';
import { secureLimits } from '../../src/main/node/federation/secure/limits.ts';
import { registerLedgerMetrics } from '../../src/main/node/ledger/ledger-metrics.ts';
import { ledgerLimits } from '../../src/main/node/ledger/limits.ts';
import { nodeLimits } from '../../src/main/node/limits.ts';
import { linkLimits } from '../../src/main/node/links/limits.ts';
import { linkDegree, membershipLimits } from '../../src/main/node/membership/limits.ts';
import { communicatorLimits } from '../../src/main/node/peers/communicator/index.ts';
import { healthLimits } from '../../src/main/node/peers/health/limits.ts';
import { PeerMetrics } from '../../src/main/node/peers/peer-metrics.ts';
import { storageLimits } from '../../src/main/node/peers/storage/limits.ts';
import { StorageMetrics } from '../../src/main/node/peers/storage/storage-metrics.ts';
import { Usage } from '../../src/main/node/peers/storage/usage.ts';
import { topologyLimits } from '../../src/main/node/peers/topology/limits.ts';
import { Metrics } from '../../src/main/node/telemetry/index.ts';
import { trustLimits } from '../../src/main/node/trust/limits.ts';
import { agentLimits } from '../../src/main/node/tunnel/agent/index.ts';
import { TunnelMetrics } from '../../src/main/node/tunnel/agent/tunnel-metrics.ts';
import { defaultFrontLimits } from '../../src/main/node/tunnel/gateway/front/index.ts';
import { GatewayMetrics } from '../../src/main/node/tunnel/gateway/gateway-metrics.ts';
import { gatewayLimits } from '../../src/main/node/tunnel/gateway/limits.ts';
import { inspectorLimits } from '../../src/main/node/tunnel/inspector/limits.ts';
import { requestFields } from '../../src/main/node/tunnel/inspector/request-fields.ts';
import { linkTiming, linkLimits as tunnelLinkLimits } from '../../src/main/node/tunnel/link/limits.ts';
import { protocolLimits as tunnelProtocolLimits } from '../../src/main/node/tunnel/protocol/limits.ts';

/** For what a test never asks. */
const never = (): never => {
  throw new Error('not asked for');
};

function page(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../docs', name), 'utf8');
}

/** First cells of a page's table rows, without code marks. */
function rowsOf(text: string): Map<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const [, first, second] = /^\| `?([^|`]+)`? \| ([^|]+) \|/.exec(line) ?? [];
    return first === undefined || second === undefined ? [] : [[first.trim(), second.trim()] as const];
  });
  return new Map(rows);
}

test('errors.md explains every code, and no other', async () => {
  const codes = [...rowsOf(await page('errors.md')).keys()].filter((name) => /^[A-Z_]+$/.test(name));
  expect(codes).toEqual([...errorCodes]);
});

test('limits.md lists every limit with its value', async () => {
  const rows = rowsOf(await page('limits.md'));
  for (const [name, value] of Object.entries({ ...limits, ...nodeLimits })) {
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  }
  expect(rows.size).toBe(Object.keys(limits).length + Object.keys(nodeLimits).length + 1);
});

test('federation.md lists every limit of federation with its value', async () => {
  const rows = rowsOf(await page('federation.md'));
  for (const [name, value] of Object.entries({ ...federationLimits, ...carrierLimits, ...linkDegree, ...secureLimits }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
});

test('trust.md lists every limit of trust, links, membership and finding nodes with its value', async () => {
  const rows = rowsOf(await page('trust.md'));
  for (const [name, value] of Object.entries({ ...trustLimits, ...linkLimits, ...membershipLimits, ...discoveryLimits }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
});

test('broker-protocol.md lists every limit between brokers with its value', async () => {
  const rows = rowsOf(await page('broker-protocol.md'));
  for (const [name, value] of Object.entries(peerLimits)) expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
});

test('queues.md lists every limit of the broker with its value', async () => {
  const rows = rowsOf(await page('queues.md'));
  for (const [name, value] of Object.entries({ ...brokerLimits, ...machineLimits, ...logLimits }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
});

test('tunnels.md lists every limit of what is kept of requests, and every field of their filter', async () => {
  const text = await page('tunnels.md');
  const rows = rowsOf(text);
  for (const [name, value] of Object.entries(inspectorLimits))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  for (const name of requestFields.keys()) expect(text, name).toMatch(new RegExp(`\`${name}(?:[=~>!]|\`)`));
});

test('tunnels.md lists every limit of an agent with its value, and every metric', async () => {
  const rows = rowsOf(await page('tunnels.md'));
  for (const [name, value] of Object.entries(agentLimits)) expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  new TunnelMetrics(metrics);
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});

test('peers.md lists every limit of messages and health with its value, and every metric', async () => {
  const rows = rowsOf(await page('peers.md'));
  for (const [name, value] of Object.entries({ ...communicatorLimits, ...topologyLimits, ...healthLimits }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  new PeerMetrics(metrics, { health: never, totals: never, graylisted: never, recoveries: never });
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});

test('peers.md lists every limit of the store with its value, and every metric', async () => {
  const rows = rowsOf(await page('peers.md'));
  for (const [name, value] of Object.entries(storageLimits)) expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  new StorageMetrics(metrics, new Usage(never), never);
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});

test('cli.md lists every command and exit code', async () => {
  const text = await page('cli.md');
  const commands = [...rowsOf(text).keys()].map((name) => name.split(' ')[0]);
  expect(commands).toEqual(expect.arrayContaining([...cliCommands]));
  for (const [name, code] of Object.entries(exitCodes)) {
    expect(text).toContain(`| ${code} | ${exitCodeMeanings[name as keyof typeof exitCodes]} |`);
  }
});

test('tunnel-protocol.md lists every limit of a link with its value', async () => {
  const rows = rowsOf(await page('tunnel-protocol.md'));
  for (const [name, value] of Object.entries({ ...tunnelProtocolLimits, ...tunnelLinkLimits, ...linkTiming }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
});

test('gateway.md lists every limit of a gateway with its value, and every metric', async () => {
  const rows = rowsOf(await page('gateway.md'));
  for (const [name, value] of Object.entries({ ...gatewayLimits, ...defaultFrontLimits }))
    expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  new GatewayMetrics(metrics);
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});

test('queues.md names every metric of the queue broker', async () => {
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  new BrokerMetrics(metrics);
  const rows = rowsOf(await page('queues.md'));
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});

test('ledger.md lists every limit of the ledger with its value, and every metric', async () => {
  const rows = rowsOf(await page('ledger.md'));
  for (const [name, value] of Object.entries(ledgerLimits)) expect([name, rows.get(name)]).toEqual([name, value.toLocaleString('en-US')]);
  const metrics = new Metrics();
  const before = new Set(metrics.registry.getMetricsAsArray().map(({ name }) => name));
  registerLedgerMetrics(metrics, () => ({ height: 0, entries: 0, chains: 0, waiting: 0, damaged: 0, sizeBytes: 0 }));
  for (const { name } of metrics.registry.getMetricsAsArray()) if (!before.has(name)) expect(rows.has(name), name).toBe(true);
});
