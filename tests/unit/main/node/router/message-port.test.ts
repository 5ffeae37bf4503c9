import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { EventMessage } from '../../../../../src/common/wire/messages.ts';
import { attachMessagePort } from '../../../../../src/main/node/router/index.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { createRouterFixture, endOfTurn, principalWith } from '../../../../helpers/router-fixture.ts';

let nextId = 1;
const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** A window as the node sees it: a port, and the frames of events that it was sent. */
async function openWindow(first: readonly unknown[]) {
  const { router } = createRouterFixture({ limits: { pausedSocketBytes: 10_000, queuedEventsPerClient: 20 } });
  router.register(createEventsService({ router }));
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  attachMessagePort(router, port1, { principal: () => principalWith('admin') });
  const frames: (readonly EventMessage[])[] = [];
  let heard: () => void = () => undefined;
  port2.on('message', (data: unknown) => {
    if (Array.isArray(data)) frames.push(data as EventMessage[]);
    heard();
  });
  for (const message of first) port2.postMessage(message);
  /** Subscribes; a repeat changes nothing, and its answer comes after all frames that were sent before. */
  const fence = () =>
    new Promise<void>((resolve) => {
      const requestid = `s${nextId++}`;
      const listen = (data: unknown) => {
        if ((data as { requestid?: string }).requestid !== requestid) return;
        port2.off('message', listen);
        resolve();
      };
      port2.on('message', listen);
      port2.postMessage({ type: 'rpc', requestid, method: 'subscribe_channel', params: { topic: '/site/a' } });
    });
  await fence();
  /** One turn of the node's loop for each event, so that each has a frame of its own. */
  const publish = async (count: number) => {
    for (let n = 0; n < count; n++) {
      router.publish('/site/a', 'x'.repeat(1_000));
      await endOfTurn();
    }
  };
  const untilFrames = async (count: number) => {
    while (frames.length < count)
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
  };
  return { frames, publish, fence, untilFrames, take: (count: number) => repeat(count, () => port2.postMessage({ type: 'taken' })) };
}

function repeat(count: number, act: () => void): void {
  for (let n = 0; n < count; n++) act();
}

test('a window that takes no events is sent no more than the bound; when it does again it is told what it lost', async () => {
  const { frames, publish, fence, untilFrames, take } = await openWindow([{ type: 'acknowledging' }]);
  await publish(60);
  await fence();
  expect(frames.length).toBeGreaterThan(5);
  expect(frames.length).toBeLessThan(12);
  const before = frames.length;
  take(before);
  await untilFrames(before + 1);
  const next = frames[before] ?? [];
  expect(next.length).toBe(20);
  expect(next[0]?.meta.dropped).toBe(60 - before - 20);
});

test('a side that does not acknowledge gets every event', async () => {
  const { frames, publish, untilFrames } = await openWindow([]);
  await publish(60);
  await untilFrames(60);
  expect(frames.flat()).toHaveLength(60);
});
