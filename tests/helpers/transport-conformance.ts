import { afterEach, describe, expect, test } from 'vitest';
import { NodeClient } from '../../src/common/client/node-client.ts';
import type { Connect } from '../../src/common/client/transport.ts';
import type { SignalboxError } from '../../src/common/errors.ts';
import type { EventMessage } from '../../src/common/wire/messages.ts';
import type { Handlers, Router } from '../../src/main/node/router/index.ts';
import { createEventsService } from '../../src/main/node/services/events.ts';
import { createRouterFixture } from './router-fixture.ts';

/** One kind of connection under test. */
export interface TransportUnderTest {
  readonly connect: Connect;
  /** Frees what the transport itself holds. */
  close(): Promise<void>;
}

/** Made of a router; serves any number of connections. */
export type MakeTransport = (router: Router) => Promise<TransportUnderTest>;

/** What every transport must do alike: a screen cannot tell which it is on. */
export function describeTransport(name: string, make: MakeTransport): void {
  const endings: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function open() {
    const fixture = createRouterFixture();
    const { router } = fixture;
    const aborted = deferred<unknown>();
    const started = deferred<void>();
    router.register(createEventsService({ router }));
    router.register(testHandlers(started.resolve, aborted.resolve));
    const transport = await make(router);
    const client = new NodeClient({ connect: transport.connect });
    endings.push(
      () => transport.close(),
      () => router.stop(),
      () => client.close(),
    );
    return { ...fixture, client, transport, aborted: aborted.promise, started: started.promise };
  }

  describe(name, () => {
    test('answers a call', async () => {
      const { client } = await open();
      await expect(client.call('config.validate', { values: { n: 7, text: 'größer ✓' } })).resolves.toEqual({
        valid: true,
        issues: [
          { key: 'n', message: '7' },
          { key: 'text', message: 'größer ✓' },
        ],
        restartNeeded: [],
      });
    });

    test('carries an error with its code, sentence, data and whether it ran', async () => {
      const { client } = await open();
      const error = await failure(client.callUnknown('config.validate', { values: {}, extra: 1 }));
      expect(error.toShape()).toMatchObject({
        code: 'INVALID_PARAMS',
        retryable: false,
        executed: 'no',
        data: { issues: [{ path: '/extra' }] },
      });
    });

    test('ends a call at its deadline and tells the handler', async () => {
      const { client, aborted } = await open();
      // Its time runs while the connection is made, and what was never sent has no handler.
      await client.call('config.validate', { values: {} });
      const error = await failure(client.call('logs.tail', { name: 'router' }, { timeoutMs: 100 }));
      expect(error.code).toBe('TIMEOUT');
      expect(error.executed).toBe('maybe');
      await aborted;
    });

    test('cancels a call here and at the node', async () => {
      const { client, started, aborted } = await open();
      const controller = new AbortController();
      const call = failure(client.call('logs.tail', { name: 'router' }, { signal: controller.signal }));
      await started;
      controller.abort();
      expect((await call).code).toBe('CANCELLED');
      expect(((await aborted) as SignalboxError).code).toBe('CANCELLED');
    });

    test('carries progress before the result, in order', async () => {
      const { client } = await open();
      const seen: unknown[] = [];
      await client.call('system.history', {}, { onProgress: (data) => seen.push(data) });
      expect(seen).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
    });

    test('delivers the events of a topic in order, and none after unsubscribing', async () => {
      const { client, router } = await open();
      const subscription = client.subscribe('/site/+/note');
      await subscription.ready;
      for (let n = 1; n <= 20; n++) router.publish('/site/press-07/note', { n });
      router.publish('/site/other', { n: 0 });
      const events = await take(subscription, 20);
      expect(events.map(({ data }) => (data as { n: number }).n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      expect(events.map(({ meta }) => meta.seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      const unwanted = untilDemand(router, '/site/press-07/note', false);
      subscription.dispose();
      await unwanted;
      expect(router.publishCounted('/site/press-07/note', {}).subscribers).toBe(0);
    });

    test('sends the last value of a topic that has one to a new subscriber', async () => {
      const { client, router } = await open();
      router.publish('/site/state', { open: true }, { retain: true });
      const [event] = await take(client.subscribe('/site/state'), 1);
      expect(event?.data).toEqual({ open: true });
    });

    test('restores subscriptions after the connection was lost', async () => {
      const { client, router } = await open();
      const subscription = client.subscribe('/site/note');
      await subscription.ready;
      const lost = untilState(client, 'waiting');
      router.disconnect(() => true, 1012, 'restart');
      await lost;
      const wanted = untilDemand(router, '/site/note', true);
      client.reconnectNow();
      await wanted;
      router.publish('/site/note', { again: true });
      const [event] = await take(subscription, 1);
      expect(event?.data).toEqual({ again: true });
    });

    test('fails the calls that were running when the connection is lost', async () => {
      const { client, router, started, aborted } = await open();
      const call = failure(client.call('logs.tail', { name: 'router' }));
      await started;
      router.disconnect(() => true, 1012, 'restart');
      expect((await call).code).toBe('NODE_LOST');
      await aborted;
    });

    test('does not try again after the sign-in has ended', async () => {
      const { client, router } = await open();
      await client.call('config.validate', { values: {} });
      const closed = untilState(client, 'closed');
      router.disconnect(() => true, 4401, 'signed out');
      await closed;
      expect(client.state).toMatchObject({ kind: 'closed', error: { code: 'UNAUTHENTICATED' } });
    });

    test('counts what a slow reader loses and keeps the newest', async () => {
      const { client, router } = await open();
      const subscription = client.subscribe('/site/note', { maxQueuedEvents: 10 });
      await subscription.ready;
      const attentive = client.subscribe('/site/+');
      await attentive.ready;
      for (let n = 1; n <= 50; n++) router.publish('/site/note', n);
      await take(attentive, 50);
      expect(subscription.dropped).toBe(40);
      expect((await take(subscription, 10)).map(({ data }) => data)).toEqual(Array.from({ length: 10 }, (_, index) => index + 41));
    });

    test('answers many calls at once, each its own', async () => {
      const { client } = await open();
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => client.call('config.validate', { values: { n } })));
      expect(answers.map(({ issues }) => issues[0]?.message)).toEqual(Array.from({ length: 200 }, (_, n) => String(n)));
    });

    test('carries a call of a hundred kilobytes both ways', async () => {
      const { client } = await open();
      const text = 'ö'.repeat(100_000);
      const answer = await client.call('config.validate', { values: { text } });
      expect(answer.issues[0]?.message).toBe(text);
    });

    test('ends without a trace when the client closes', async () => {
      const { client, router } = await open();
      await client.subscribe('/site/note').ready;
      expect(router.snapshot().events.subscriptions).toBe(1);
      const unwanted = untilDemand(router, '/site/note', false);
      client.close();
      await unwanted;
      expect(Object.values(router.snapshot().clients)).toEqual([0, 0, 0, 0]);
      expect((await failure(client.call('config.validate', { values: {} }))).code).toBe('CANCELLED');
    });
  });
}

function testHandlers(
  started: () => void,
  aborted: (reason: unknown) => void,
): Handlers<'config.validate' | 'logs.tail' | 'system.history'> {
  return {
    'config.validate': ({ values }) => ({
      valid: true,
      issues: Object.entries(values).map(([key, value]) => ({ key, message: String(value) })),
      restartNeeded: [],
    }),
    'logs.tail': (_params, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted(signal.reason);
          reject(signal.reason);
        });
        started();
      }),
    'system.history': async (_params, { progress }) => {
      for (const step of [1, 2, 3]) {
        progress({ step });
        await Promise.resolve();
      }
      return { intervalMs: 1_000, points: [] };
    },
  };
}

/** The next events of a subscription. */
export async function take(subscription: AsyncIterable<EventMessage>, count: number): Promise<EventMessage[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const events: EventMessage[] = [];
  while (events.length < count) {
    const next = await iterator.next();
    if (next.done === true) throw new Error(`the subscription ended after ${events.length} events`);
    events.push(next.value);
  }
  return events;
}

/** The error a call fails with. */
export async function failure(call: Promise<unknown>): Promise<SignalboxError> {
  return call.then(
    () => {
      throw new Error('the call succeeded');
    },
    (error: SignalboxError) => error,
  );
}

function untilState(client: NodeClient, kind: NodeClient['state']['kind']): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.onState((state) => {
      if (state.kind !== kind) return;
      stop();
      resolve();
    });
  });
}

/** Resolves at the next change of demand to `wanted`. */
function untilDemand(router: Router, topic: string, wanted: boolean): Promise<void> {
  return new Promise((resolve) => {
    let registered = false;
    const stop = router.onDemand(topic, (now) => {
      if (now !== wanted || !registered) return;
      stop();
      resolve();
    });
    registered = true;
  });
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}
