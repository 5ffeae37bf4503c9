import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type BrokerKind, brokerKinds, startBroker, startCluster } from '../../helpers/federated-router.ts';
import { startUnrulyPath } from '../../helpers/unruly-path.ts';

const calls = 300;
/** So that no client has more calls under way than one may. */
const callers = 3;

it.each<BrokerKind>([...brokerKinds])('calls and events between nodes survive repeats and changed order, over %s', async (kind) => {
  const url = await startBroker(kind);
  const [nearPath, farPath] = await Promise.all([startUnrulyPath(url), startUnrulyPath(url)]);
  const effects: string[] = [];
  const [near, far] = await startCluster(
    { url },
    { name: 'near', url: nearPath.url },
    {
      name: 'far',
      url: farPath.url,
      handlers: () => ({
        'logs.setLevel': ({ name }) => {
          effects.push(name);
          return { changed: [name] };
        },
      }),
    },
  );
  const clients = Array.from({ length: callers }, () => near.client());
  const subscription = near.client().subscribe('far/site/tick', { maxQueuedEvents: calls });
  await subscription.ready;

  const answers: Promise<{ readonly changed: readonly string[] }>[] = [];
  for (let number = 0; number < calls; number++) {
    const call = clients[number % callers]?.call('logs.setLevel', { name: `k${number}`, level: 'info' }, { serviceId: 'far' });
    if (call !== undefined) answers.push(call);
    far.router.publish('/site/tick', number);
    // Each in a message of its own: those of one turn share an envelope.
    await nextTurn();
  }
  const names = Array.from({ length: calls }, (_, number) => `k${number}`);
  expect((await Promise.all(answers)).map(({ changed }) => changed[0])).toEqual(names);
  expect([...effects].sort()).toEqual([...names].sort());

  const heard: unknown[] = [];
  for await (const { data } of subscription) {
    heard.push(data);
    if (heard.length === calls) break;
  }
  expect(heard.map(Number).sort((a, b) => a - b)).toEqual(names.map((_, number) => number));
  expect(near.federation.gateway.subscriptions.lost).toBe(0);
  for (const path of [nearPath, farPath]) {
    expect(path.repeated).toBeGreaterThan(0);
    expect(path.overtaken).toBeGreaterThan(0);
  }
});
