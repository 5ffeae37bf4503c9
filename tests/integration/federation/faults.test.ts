import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalboxError } from '../../../src/common/errors.ts';
import type { Handlers } from '../../../src/main/node/router/index.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { brokerKinds, deferred, startBroker, startCluster, untilReachability } from '../../helpers/federated-router.ts';
import { until } from '../../helpers/until.ts';

/** A service whose calls take effect outside: each key it has run, and how often. */
function counter(): { readonly effects: Map<string, number>; readonly handlers: () => Partial<Handlers<'logs.setLevel'>> } {
  const effects = new Map<string, number>();
  return {
    effects,
    handlers: () => ({
      'logs.setLevel': ({ name }) => {
        effects.set(name, (effects.get(name) ?? 0) + 1);
        return { changed: [name] };
      },
    }),
  };
}

const outcome = (call: Promise<unknown>): Promise<'done' | SignalboxError> =>
  call.then(
    () => 'done' as const,
    (error: SignalboxError) => error,
  );

describe.each(brokerKinds)('faults over %s', (kind) => {
  it('ends each of 20,000 calls into a service that is blocked, none silently lost', async () => {
    const unblocked = deferred();
    let blocked = 0;
    const [alpha] = await startCluster(
      kind,
      { name: 'alpha' },
      {
        name: 'bravo',
        handlers: () => ({
          'config.get': async () => {
            blocked++;
            await unblocked.promise;
            return { values: {} };
          },
        }),
      },
    );
    const clients = Array.from({ length: 80 }, () => alpha.client());
    let ended = 0;
    const calls = Array.from({ length: 20_000 }, (_, index) =>
      outcome(clients[index % 80]?.call('config.get', {}, { serviceId: 'bravo', timeoutMs: 60_000 }) ?? Promise.resolve()).finally(() => {
        ended++;
      }),
    );
    // Each has come into the service, or was refused.
    await until(() => blocked + ended === calls.length);
    unblocked.resolve();
    const results = await Promise.all(calls);
    const counts = new Map<string, number>();
    for (const result of results)
      counts.set(result === 'done' ? 'done' : result.code, (counts.get(result === 'done' ? 'done' : result.code) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual(['OVERLOADED', 'done']);
    expect((counts.get('done') ?? 0) + (counts.get('OVERLOADED') ?? 0)).toBe(20_000);
    expect(counts.get('done')).toBeGreaterThan(1_000);
    for (const result of results) if (result !== 'done') expect(result.executed).toBe('no');
  });

  it('notices a node that hangs by its keep-alive', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const [alpha, bravo] = await startCluster(
      { url },
      { name: 'alpha' },
      { name: 'bravo', url: proxy.url, federation: { keepaliveSeconds: 1 } },
    );
    const call = outcome(
      (async () => {
        proxy.stall();
        return alpha.client().call('nodes.clock', {}, { serviceId: 'bravo', timeoutMs: 60_000 });
      })(),
    );
    expect(await call).toMatchObject({ code: 'NODE_LOST', executed: 'maybe' });
    proxy.resume();
    await untilReachability(alpha, bravo.nodeId, 'online');
    await alpha.client().call('nodes.clock', {}, { serviceId: 'bravo' });
  });

  it('takes duplicated and reordered deliveries without a second effect', async () => {
    const url = await startBroker(kind);
    const { effects, handlers } = counter();
    const [alpha] = await startCluster({ url }, { name: 'alpha', handlers });
    const relay = await connectAsync(url);
    onTestFinished(() => void relay.end(true));
    const answered = new Map<string, number>();
    const all = deferred();
    relay.on('message', (_topic, payload) => {
      const { requestid } = JSON.parse(payload.toString()) as { requestid: string };
      answered.set(requestid, (answered.get(requestid) ?? 0) + 1);
      if (answered.size === 50) all.resolve();
    });
    await relay.subscribeAsync('cloudisense/service/relay/inbox');
    const texts = Array.from({ length: 50 }, (_, index) =>
      JSON.stringify({
        type: 'rpc',
        requestid: `r${index}`,
        method: 'logs.setLevel',
        params: { name: `k${index}`, level: 'info' },
        originId: 'relay',
      }),
    );
    const shuffled = [...texts, ...texts, ...texts]
      .map((text, index) => ({ text, order: (index * 7_919) % 151 }))
      .sort((a, b) => a.order - b.order);
    for (const { text } of shuffled) relay.publish(`cloudisense/service/${alpha.nodeId}/inbox`, text, { qos: 1 });
    await all.promise;
    await alpha.router.call('nodes.clock', {}, { principal: { user: 'x', roles: ['viewer'], via: 'ws' } });
    expect(effects.size).toBe(50);
    expect([...effects.values()].every((count) => count === 1)).toBe(true);
  });

  it('counts events that the broker lost and says so with the next', async () => {
    const url = await startBroker(kind);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo' });
    const subscription = alpha.client().subscribe('bravo/site/a');
    await subscription.ready;
    const forger = await connectAsync(url);
    onTestFinished(() => void forger.end(true));
    const event = (seq: number) =>
      forger.publishAsync(
        `cloudisense/service/${bravo.nodeId}/events/site/a`,
        JSON.stringify({
          type: 'event',
          name: 'data_generated',
          status: 'data',
          topic: '/site/a',
          data: seq,
          meta: { identity: bravo.nodeId, seq },
          timestamp: 1,
        }),
      );
    for (const seq of [5, 6, 9]) await event(seq);
    const received = [];
    for await (const { data, meta } of subscription) {
      received.push([data, meta.dropped ?? 0]);
      if (received.length === 3) break;
    }
    expect(received).toEqual([
      [5, 0],
      [6, 0],
      [9, 2],
    ]);
    expect(alpha.federation.gateway.subscriptions.lost).toBe(2);
  });
});
