import { cp } from 'node:fs/promises';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { federationLimits } from '../../../src/main/node/federation/limits.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { randomNodeId } from '../../helpers/federated-node.ts';
import {
  brokerKinds,
  deferred,
  failure,
  startBroker,
  startCluster,
  startFederatedRouter,
  untilAborted,
  untilReachability,
} from '../../helpers/federated-router.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { until } from '../../helpers/until.ts';

describe.each(brokerKinds)('presence over %s', (kind) => {
  it('shows who is there with what they are, and who has left', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo', capabilities: ['printer'], load: () => 3 });
    const client = alpha.client();
    const { nodes } = await client.call('nodes.list', {});
    expect(nodes).toMatchObject([
      { name: 'alpha', self: true, status: 'online' },
      { nodeId: bravo.nodeId, name: 'bravo', self: false, status: 'online', capabilities: ['printer'], load: 3, health: 'ok', epoch: 1 },
    ]);
    await bravo.stop();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    await expect(client.call('nodes.get', { node: 'bravo' })).resolves.toMatchObject({ status: 'offline' });
    await expect(client.call('nodes.list', { onlineOnly: true })).resolves.toMatchObject({ nodes: [{ name: 'alpha' }] });
  });

  it('measures the way to another node and its clock', async () => {
    const url = await startBroker(kind);
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha' },
      { name: 'bravo', federation: { nowMs: () => Date.now() + 60_000 } },
    );
    bravo.router.register({});
    // The node measures by itself, too: soon after it has met another, and perhaps just now.
    const measured = vi.spyOn(alpha.federation.directory, 'measured');
    const ping = await alpha.client().call('nodes.ping', { node: 'bravo', count: 4 });
    expect(ping.roundTripsMs).toHaveLength(4);
    expect(ping.rttMs).toBe(Math.min(...ping.roundTripsMs));
    expect(measured).toHaveBeenCalledWith(bravo.nodeId, ping.rttMs, expect.any(Number));
    const { rttMs } = await alpha.client().call('nodes.get', { node: 'bravo' });
    expect(measured.mock.calls.map(([, known]) => known)).toContain(rttMs);
  });

  it('refuses a name that several nodes have, and takes an id', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'twin' }, { name: 'twin' });
    const client = alpha.client();
    expect((await failure(client.call('nodes.clock', {}, { serviceId: 'twin' }))).code).toBe('CONFLICT');
    await expect(client.call('nodes.clock', {}, { serviceId: bravo.nodeId })).resolves.toHaveProperty('nowMs');
  });

  it('ends every call that waits for a node in the very turn in which its loss is known', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    let started = 0;
    const allStarted = deferred();
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha' },
      {
        name: 'bravo',
        url: proxy.url,
        handlers: () => ({
          'config.get': (_params, { signal }) => {
            if (++started === 200) allStarted.resolve();
            return untilAborted(signal);
          },
        }),
      },
    );
    const client = alpha.client();
    const calls = Array.from({ length: 200 }, () => failure(client.call('config.get', {}, { serviceId: 'bravo', timeoutMs: 60_000 })));
    await allStarted.promise;
    const waitingOnceKnown = deferred<number>();
    alpha.federation.directory.listen({ lost: () => waitingOnceKnown.resolve(alpha.federation.gateway.pending.size) });
    proxy.refuse();
    const errors = await Promise.all(calls);
    expect(await waitingOnceKnown.promise).toBe(0);
    expect(new Set(errors.map(({ code, executed }) => `${code} ${executed}`))).toEqual(new Set(['NODE_LOST maybe']));
    expect(alpha.federation.gateway.pending.size).toBe(0);
    await untilReachability(bravo, alpha.nodeId, 'unknown');
  });

  it('takes the calls and subscriptions of a lost node away where they ran', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const started = deferred();
    const ended = deferred<unknown>();
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha', url: proxy.url },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': (_params, { signal }) => {
            started.resolve();
            signal.addEventListener('abort', () => ended.resolve(signal.reason));
            return untilAborted(signal);
          },
        }),
      },
    );
    const client = alpha.client();
    const subscription = client.subscribe('bravo/site/a');
    await subscription.ready;
    const call = failure(client.call('config.get', {}, { serviceId: 'bravo', timeoutMs: 60_000 }));
    await started.promise;
    expect(bravo.federation.clients.running).toBe(1);
    proxy.refuse();
    expect(await ended.promise).toMatchObject({ code: 'CANCELLED' });
    expect(bravo.federation.clients.size).toBe(0);
    expect(bravo.federation.relay.filters).toBe(0);
    expect((await call).code).toBe('NODE_LOST');
  });

  it('does not let a late will end a fresh session', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo', url: proxy.url });
    const statusTopic = `cloudisense/service/${bravo.nodeId}/status`;
    const watcher = await connectAsync(url);
    onTestFinished(() => void watcher.end(true));
    const firstStatus = new Promise<string>((resolve) => watcher.once('message', (_topic, payload) => resolve(payload.toString())));
    await watcher.subscribeAsync(statusTopic);
    const oldWill = { ...JSON.parse(await firstStatus), status: 'offline' };
    proxy.cut();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    await untilReachability(alpha, bravo.nodeId, 'online');
    let lost = 0;
    alpha.federation.directory.listen({ lost: () => lost++ });
    // What a broker that noticed late would publish now; the node puts it right for newcomers.
    const healed = new Promise<void>((resolve) =>
      watcher.on('message', (_topic, payload, { retain }) => {
        if (!retain && JSON.parse(payload.toString()).status === 'online') resolve();
      }),
    );
    await watcher.publishAsync(statusTopic, JSON.stringify(oldWill), { qos: 1, retain: true });
    await healed;
    await alpha.client().call('nodes.clock', {}, { serviceId: 'bravo' });
    expect(lost).toBe(0);
    const newcomer = await startFederatedRouter({ name: 'charlie', url });
    await untilReachability(newcomer, bravo.nodeId, 'online');
  });

  it('counts the starts of a node', async () => {
    const url = await startBroker(kind);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo' });
    await bravo.stop();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    await startFederatedRouter({ name: 'bravo', nodeId: bravo.nodeId, folder: bravo.folder, url });
    await untilReachability(alpha, bravo.nodeId, 'online');
    expect(alpha.federation.directory.get(bravo.nodeId)?.presence.epoch).toBe(2);
  });

  it('lets the newer of two sessions with one id stay, and alerts both', async () => {
    const url = await startBroker(kind);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo' });
    const copy = await temporaryFolder();
    await cp(bravo.folder, copy, { recursive: true });
    const raised = (node: typeof bravo) =>
      new Promise<void>((resolve) => {
        const look = () => node.problems.list().some(({ id }) => id === 'federation.duplicateIdentity') && resolve();
        node.problems.onChange(look);
        look();
      });
    const clone = await startFederatedRouter({
      name: 'bravo',
      nodeId: bravo.nodeId,
      folder: copy,
      url,
      handlers: () => ({ 'config.get': () => ({ values: { from: 'clone' } }) }),
    });
    await Promise.all([raised(bravo), raised(clone)]);
    await untilReachability(alpha, bravo.nodeId, 'online');
    await until(() => bravo.federation.link.state.kind === 'off');
    await expect(alpha.client().call('config.get', {}, { serviceId: bravo.nodeId })).resolves.toEqual({ values: { from: 'clone' } });
  });

  it('jumps above a later start that the broker remembers', async () => {
    const url = await startBroker(kind);
    const [alpha] = await startCluster({ url }, { name: 'alpha' });
    const first = await startFederatedRouter({ name: 'bravo', url });
    const backup = await temporaryFolder();
    await first.stop();
    await cp(first.folder, backup, { recursive: true });
    for (let start = 0; start < 3; start++) {
      const again = await startFederatedRouter({ name: 'bravo', nodeId: first.nodeId, folder: first.folder, url });
      await untilReachability(alpha, first.nodeId, 'online');
      await again.stop();
      await untilReachability(alpha, first.nodeId, 'offline');
    }
    const proxy = await startFaultProxy(url);
    await startFederatedRouter({ name: 'bravo', nodeId: first.nodeId, folder: backup, url: proxy.url });
    await untilReachability(alpha, first.nodeId, 'online');
    expect(alpha.federation.directory.get(first.nodeId)?.presence.epoch).toBe(5);
    // Its will is of the new epoch too, or nobody would believe that it is gone.
    proxy.refuse();
    await untilReachability(alpha, first.nodeId, 'offline');
  });

  it('takes no epoch from a status that cannot be its own', async () => {
    const url = await startBroker(kind);
    const nodeId = randomNodeId();
    const statusTopic = `cloudisense/service/${nodeId}/status`;
    const stranger = await connectAsync(url);
    onTestFinished(() => void stranger.end(true));
    const garbage = { serviceId: nodeId, status: 'online', epoch: federationLimits.epoch };
    await stranger.publishAsync(statusTopic, JSON.stringify(garbage), { qos: 1, retain: true });
    const bravo = await startFederatedRouter({ name: 'bravo', nodeId, url });
    await until(() => bravo.lines.some(({ event }) => event === 'federation.epochNotRaised'));
    expect(bravo.federation.presence.epoch).toBe(1);
    const newcomer = await startFederatedRouter({ name: 'charlie', url });
    await until(() => newcomer.federation.directory.get(nodeId)?.presence.epoch === 1);
    await expect(newcomer.client().call('nodes.clock', {}, { serviceId: 'bravo' })).resolves.toHaveProperty('nowMs');
  });
});
