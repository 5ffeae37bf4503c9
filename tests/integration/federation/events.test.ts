import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../src/common/client/event-queue.ts';
import type { EventMessage } from '../../../src/common/wire/messages.ts';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import {
  brokerKinds,
  everybodySees,
  failure,
  startBroker,
  startCluster,
  startFederatedRouter,
  untilReachability,
} from '../../helpers/federated-router.ts';

async function next(subscription: Subscription): Promise<EventMessage> {
  const { value } = await subscription[Symbol.asyncIterator]().next();
  return value as EventMessage;
}

/** Takes that many events. */
async function take(subscription: Subscription, count: number): Promise<EventMessage[]> {
  const events: EventMessage[] = [];
  while (events.length < count) events.push(await next(subscription));
  return events;
}

describe.each(brokerKinds)('events between nodes, over %s', (kind) => {
  it('reach a client that follows a topic of another node, in order, under the name it used', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    const client = alpha.client();
    const byName = client.subscribe('bravo/site/temperature');
    const byId = client.subscribe(`${bravo.nodeId}/site/+`);
    await Promise.all([byName.ready, byId.ready]);
    for (let value = 1; value <= 100; value++) bravo.router.publish('/site/temperature', { value });
    const events = await take(byName, 100);
    expect(events.map(({ data }) => (data as { value: number }).value)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(events[0]).toMatchObject({ topic: 'bravo/site/temperature', name: 'data_generated', meta: { identity: bravo.nodeId, seq: 1 } });
    expect((await take(byId, 100)).at(-1)).toMatchObject({ topic: `${bravo.nodeId}/site/temperature`, data: { value: 100 } });
  });

  it('are asked for once however many clients follow them, and no longer when the last has gone', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    const clients = [alpha.client(), alpha.client(), alpha.client()];
    const subscriptions = clients.map((client) => client.subscribe('bravo/site/a'));
    await Promise.all(subscriptions.map(({ ready }) => ready));
    expect(bravo.federation.relay.filters).toBe(1);
    bravo.router.publish('/site/a', 1);
    for (const subscription of subscriptions) expect((await next(subscription)).data).toBe(1);
    expect(bravo.federation.relay.relayed).toBe(1);
    for (const client of clients) client.close();
    // The last to go is heard of before the answer to a later call.
    const unwanted = new Promise<void>((resolve) => bravo.router.onDemand('/site/a', (wanted) => !wanted && resolve()));
    await unwanted;
    expect(bravo.federation.relay.filters).toBe(0);
    expect(alpha.federation.link.filterCount).toBe(0);
    bravo.router.publish('/site/a', 2);
    expect(bravo.federation.relay.relayed).toBe(1);
  });

  it('of every node come with +, also of nodes that join later', async () => {
    const url = await startBroker(kind);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo' });
    const everywhere = alpha.client().subscribe('+/site/a');
    await everywhere.ready;
    const wanted = (router: typeof bravo.router) => new Promise<void>((resolve) => router.onDemand('/site/a', (is) => is && resolve()));
    await wanted(bravo.router);
    alpha.router.publish('/site/a', 'own');
    bravo.router.publish('/site/a', 'bravo');
    const charlie = await startFederatedRouter({ name: 'charlie', url });
    await wanted(charlie.router);
    charlie.router.publish('/site/a', 'charlie');
    const events = await take(everywhere, 3);
    expect(new Map(events.map(({ topic, data }) => [topic, data]))).toEqual(
      new Map([
        [`${alpha.nodeId}/site/a`, 'own'],
        [`${bravo.nodeId}/site/a`, 'bravo'],
        [`${charlie.nodeId}/site/a`, 'charlie'],
      ]),
    );
  });

  it('come once through overlapping filters', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    const clients = [alpha.client(), alpha.client()];
    const [one, other] = [clients[0]?.subscribe('bravo/site/a'), clients[1]?.subscribe('bravo/site/#')];
    await Promise.all([one?.ready, other?.ready]);
    for (const value of [1, 2, 3]) bravo.router.publish('/site/a', value);
    for (const subscription of [one, other] as Subscription[])
      expect((await take(subscription, 3)).map(({ data }) => data)).toEqual([1, 2, 3]);
    expect(bravo.federation.relay.relayed).toBe(3);
  });

  it('of a topic with a state begin with its last value, for the first client and for later ones', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    bravo.router.publish('/site/state', 'closed', { retain: true });
    const first = alpha.client().subscribe('bravo/site/state');
    expect(await next(first)).toMatchObject({ topic: 'bravo/site/state', data: 'closed', meta: { retained: true } });
    bravo.router.publish('/site/state', 'open', { retain: true });
    expect((await next(first)).data).toBe('open');
    const second = alpha.client().subscribe('bravo/site/state');
    expect((await next(second)).data).toBe('open');
    const wildcard = alpha.client().subscribe('+/site/state');
    expect(await next(wildcard)).toMatchObject({ topic: `${bravo.nodeId}/site/state`, data: 'open' });
  });

  it('flow again after the node was away, without the client doing anything', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha' }, { name: 'bravo', url: proxy.url });
    const subscription = alpha.client().subscribe('bravo/site/a');
    await subscription.ready;
    bravo.router.publish('/site/a', 1);
    expect((await next(subscription)).data).toBe(1);
    proxy.refuse();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    await untilReachability(bravo, alpha.nodeId, 'unknown');
    expect(bravo.federation.relay.filters).toBe(0);
    proxy.allow();
    await new Promise<void>((resolve) => bravo.router.onDemand('/site/a', (wanted) => wanted && resolve()));
    bravo.router.publish('/site/a', 2);
    expect((await next(subscription)).data).toBe(2);
  });

  it('flow again after this node lost the broker', async () => {
    const url = await startBroker(kind);
    const proxy = await startFaultProxy(url);
    const [alpha, bravo] = await startCluster({ url }, { name: 'alpha', url: proxy.url }, { name: 'bravo' });
    const subscription = alpha.client().subscribe('bravo/site/a');
    await subscription.ready;
    proxy.refuse();
    await untilReachability(bravo, alpha.nodeId, 'offline');
    expect(bravo.federation.relay.filters).toBe(0);
    proxy.allow();
    await new Promise<void>((resolve) => bravo.router.onDemand('/site/a', (wanted) => wanted && resolve()));
    bravo.router.publish('/site/a', 2);
    expect((await next(subscription)).data).toBe(2);
  });

  it('cannot be followed at a node that is not there', async () => {
    const [alpha, bravo] = await startCluster(kind, { name: 'alpha' }, { name: 'bravo' });
    await bravo.stop();
    await untilReachability(alpha, bravo.nodeId, 'offline');
    const error = await failure(alpha.client().subscribe('bravo/site/a').ready as Promise<unknown>);
    expect(error.toShape()).toMatchObject({ code: 'NODE_UNREACHABLE', executed: 'no' });
    await everybodySees([alpha]);
  });
});
