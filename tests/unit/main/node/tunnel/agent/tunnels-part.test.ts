import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createKeyFileStore, type SecretStore } from '../../../../../../src/main/node/identity/index.ts';
import { createStore, type Store } from '../../../../../../src/main/node/store/index.ts';
import { Metrics, Problems } from '../../../../../../src/main/node/telemetry/index.ts';
import { tunnelMigrations } from '../../../../../../src/main/node/tunnel/agent/tunnel-store.ts';
import { TunnelsPart } from '../../../../../../src/main/node/tunnel/agent/tunnels-part.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';
import { ScriptedGateway } from '../../../../../helpers/scripted-gateway.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';
import { tunnelDefinition, tunnelSecret } from '../../../../../helpers/tunnel-definition.ts';
import { requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';
import { until } from '../../../../../helpers/until.ts';

async function startPart({ folder = undefined as string | undefined, secrets = undefined as SecretStore | undefined } = {}) {
  const inFolder = folder ?? (await temporaryFolder());
  const logger = recordingLogger();
  const store: Store = createStore({ file: join(inFolder, 'node.db'), migrations: tunnelMigrations, logger });
  await store.start();
  const problems = new Problems();
  const metrics = new Metrics();
  const part = new TunnelsPart({
    nodeId: 'n1press',
    software: 'test',
    store,
    secrets: secrets ?? createKeyFileStore(inFolder),
    logger,
    problems,
    metrics,
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= part.stop().then(() => store.stop());
    return stopping;
  };
  onTestFinished(stop);
  await part.start();
  return { part, problems, metrics, folder: inFolder, stop };
}

async function startGateway(): Promise<ScriptedGateway> {
  const gateway = await ScriptedGateway.start(tunnelSecret);
  onTestFinished(() => gateway.stop());
  return gateway;
}

const stateOf = (part: TunnelsPart, tunnelId: string) => part.get(tunnelId).report?.state;

describe('TunnelsPart', () => {
  test('a tunnel that was turned on is never said to be off: what its thread told before says nothing of it', async () => {
    const gateway = await startGateway();
    const { part } = await startPart();
    const off = tunnelDefinition(gateway.url, { enabled: false });
    await part.add(off);
    await until(() => stateOf(part, off.tunnelId) === 'off');
    const seen: (string | undefined)[] = [];
    onTestFinished(part.onChange(() => seen.push(stateOf(part, off.tunnelId))));
    await part.replace({ ...off, enabled: true });
    expect(stateOf(part, off.tunnelId)).not.toBe('off');
    await until(() => stateOf(part, off.tunnelId) === 'up');
    expect(seen).not.toContain('off');
  });

  test('runs a tunnel in its thread, carries requests, and shows its figures', async () => {
    const server = createServer((_request, response) => response.end('from the service')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const gateway = await startGateway();
    const { part, metrics } = await startPart();
    const tunnel = tunnelDefinition(gateway.url, { target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } });
    await part.add(tunnel);
    const link = await gateway.linked(1);
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ bodyBytes: 0 }), record);
    await until(() => record.ends > 0);
    expect(record.body.toString()).toBe('from the service');
    await until(() => part.get(tunnel.tunnelId).report?.figures.requests === 1);
    expect(stateOf(part, tunnel.tunnelId)).toBe('up');
    expect(await metrics.text()).toContain('signalbox_tunnel_requests{agent="press-07"} 1');
  });

  test('a tunnel that failed is a problem of the node until it is mended', async () => {
    const gateway = await startGateway();
    gateway.verdicts.push({ code: 'FORBIDDEN', message: 'The token does not let an agent be called press-07.' });
    const { part, problems } = await startPart();
    const tunnel = tunnelDefinition(gateway.url);
    await part.add(tunnel);
    await until(() => problems.list().length > 0);
    expect(problems.list()).toMatchObject([{ title: 'The tunnel press-07 does not work', detail: expect.stringContaining('press-07') }]);
    await part.replace({ ...tunnel, links: 2 });
    await until(() => stateOf(part, tunnel.tunnelId) === 'up');
    expect(problems.list()).toEqual([]);
    await part.remove(tunnel.tunnelId);
    expect(part.list()).toEqual([]);
  });

  test('one name has one tunnel at a gateway', async () => {
    const { part } = await startPart();
    await part.add(tunnelDefinition('ws://127.0.0.1:1', { enabled: false }));
    await expect(part.add(tunnelDefinition('ws://127.0.0.1:1'))).rejects.toMatchObject({ code: 'CONFLICT' });
    await part.add(tunnelDefinition('ws://127.0.0.1:2', { enabled: false }));
    expect(part.list()).toHaveLength(2);
  });

  test('a tunnel whose secret cannot be opened is told of and left as it is', async () => {
    const first = await startPart();
    await first.part.add(tunnelDefinition('ws://127.0.0.1:1', { enabled: false }));
    await first.stop();
    const elsewhere = await startPart({ folder: first.folder, secrets: createKeyFileStore(await temporaryFolder()) });
    expect(elsewhere.part.list()).toEqual([]);
    expect(elsewhere.problems.list()).toMatchObject([{ title: 'The secrets of some tunnels cannot be opened' }]);
    await elsewhere.stop();
    const again = await startPart({ folder: first.folder });
    expect(again.part.list()).toMatchObject([{ definition: { agentId: 'press-07', gateway: { secret: tunnelSecret } } }]);
  });

  test('a node starts though its tunnels cannot be read, and says so', async () => {
    const first = await startPart();
    await first.part.add(tunnelDefinition('ws://127.0.0.1:1', { enabled: false }));
    await first.stop();
    const store = createStore({ file: join(first.folder, 'node.db'), migrations: tunnelMigrations, logger: recordingLogger() });
    await store.start();
    await store.run("UPDATE tunnels SET definition = 'not JSON'");
    await store.stop();
    const { part, problems } = await startPart({ folder: first.folder });
    expect(part.list()).toEqual([]);
    expect(problems.list()).toMatchObject([{ title: 'The tunnels of this node could not be read' }]);
  });

  test('answers what is asked of its thread, and what cannot be answered with the reason', async () => {
    const { part } = await startPart();
    const all = { after: 0, limit: 10, waitMs: 0 };
    expect(await part.ask('requests', all)).toMatchObject({ requests: [] });
    await expect(part.ask('request', { requestId: 'R-1' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const waiting = part.ask('requests', { ...all, after: Number.MAX_SAFE_INTEGER, waitMs: 20_000 }, AbortSignal.abort());
    await expect(waiting).resolves.toMatchObject({ requests: [] });
  });

  test('a thread that dies is a problem until another runs all tunnels again, and what it was asked is refused', async () => {
    const threads: Worker[] = [];
    const note = (thread: Worker) => threads.push(thread);
    process.on('worker', note);
    onTestFinished(() => void process.off('worker', note));
    const gateway = await startGateway();
    const { part, problems } = await startPart();
    const tunnel = tunnelDefinition(gateway.url);
    await part.add(tunnel);
    await until(() => stateOf(part, tunnel.tunnelId) === 'up');
    const waiting = part.ask('requests', { after: Number.MAX_SAFE_INTEGER, limit: 10, waitMs: 20_000 });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'INTERNAL', executed: 'maybe' });
    const raised = new Promise<void>((resolve) => problems.onChange(() => problems.list().length > 0 && resolve()));
    await threads.at(-1)?.terminate();
    await Promise.all([refused, raised]);
    expect(problems.list()).toMatchObject([{ id: 'tunnels.thread', severity: 'crit', title: 'The tunnels of this node have stopped' }]);
    expect(part.get(tunnel.tunnelId).report).toBeUndefined();
    await until(() => stateOf(part, tunnel.tunnelId) === 'up');
    expect(problems.list()).toEqual([]);
  });

  test('nothing is asked of a part that has stopped', async () => {
    const { part, stop } = await startPart();
    await stop();
    await expect(part.ask('request', { requestId: 'R-1' })).rejects.toMatchObject({ code: 'INTERNAL', executed: 'no' });
  });
});
