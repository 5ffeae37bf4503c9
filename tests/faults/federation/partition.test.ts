import { describe, expect, it } from 'vitest';
import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { createNetworkNamespace, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { cutOff } from './partition.ts';

const asPromised = {
  stays: {
    running: 'NODE_LOST maybe',
    asked: 'NODE_UNREACHABLE no',
    events: ['before', 'after'],
    effects: ['before', 'after'],
  },
  isCutOff: {
    running: 'NODE_LOST maybe',
    asked: 'NODE_UNREACHABLE no',
    events: ['before', 'after'],
    effects: ['before', 'after'],
  },
};

const obstacle = namespaceObstacle();

describe('a node that is cut off from the broker', () => {
  it('ends what waits on both sides, and is back with everything once the proxy carries again', async () => {
    const broker = await startMosquitto();
    const proxy = await startFaultProxy(broker.port);
    const report = await cutOff({
      stays: { url: broker.url },
      isCutOff: { url: proxy.url },
      cut: () => proxy.stall(),
      heal: () => proxy.resume(),
    });
    expect(report).toEqual(asPromised);
  });

  it('does the same in a network of its own whose cable is pulled', async ({ skip }) => {
    if (obstacle !== undefined) {
      // The usual reporter does not show the note of a skipped test.
      console.log(`Skipped: ${obstacle}.`);
      skip(obstacle);
    }
    const [a, b] = await Promise.all([createNetworkNamespace('a'), createNetworkNamespace('b')]);
    const broker = await startMosquitto([], [a.hostAddress, b.hostAddress]);
    const report = await cutOff({
      stays: { url: `mqtt://${a.hostAddress}:${broker.port}`, through: a.through },
      isCutOff: { url: `mqtt://${b.hostAddress}:${broker.port}`, through: b.through },
      cut: () => b.pull(),
      heal: () => b.plug(),
    });
    expect(report).toEqual(asPromised);
  });
});
