/** Two members on two brokers, and a bridge between them that does to messages whatever it likes (security.md row 29). */
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { SignalboxError } from '../../../src/common/errors.ts';
import { letJoin, type MemberNode, startMember } from '../../helpers/member-node.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';

const waiting = { timeout: 20_000 };
const calls = 60;

/** The same sequence at each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Bridge {
  /** Honest at first. */
  hostile: boolean;
  readonly done: Record<string, number>;
}

/** Carries everything from one broker to the other; once hostile it drops, repeats, alters, delays and misdirects a quarter of them. */
function carry(from: MqttClient, to: MqttClient, bridge: Bridge, random: () => number): void {
  const held: { topic: string; payload: Buffer }[] = [];
  from.on('message', (topic, payload, { retain }) => {
    const isStatus = topic.endsWith('/status');
    const pass = (bytes: Buffer, on = topic) => to.publish(on, bytes, { qos: 1, retain: isStatus || retain });
    const did = (what: string) => {
      bridge.done[what] = (bridge.done[what] ?? 0) + 1;
    };
    if (!bridge.hostile || isStatus) {
      pass(payload);
      return;
    }
    const chance = random();
    if (chance < 0.05) did('dropped');
    else if (chance < 0.11) {
      did('repeated');
      pass(payload);
      pass(payload);
    } else if (chance < 0.16) {
      did('altered');
      const bytes = Buffer.from(payload);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      pass(bytes);
    } else if (chance < 0.21) {
      did('held back');
      held.push({ topic, payload });
    } else if (chance < 0.24) {
      did('misdirected');
      pass(payload, 'cloudisense/broadcast');
    } else {
      pass(payload);
      for (const late of held.splice(0)) pass(late.payload, late.topic);
    }
  });
}

/** Only what comes from the nodes of one broker: a bridge that carried back what it brought would never end. */
async function openBridge(near: { url: string; nodeId: string }, far: { url: string; nodeId: string }): Promise<Bridge> {
  const [a, b] = await Promise.all([connectAsync(near.url), connectAsync(far.url)]);
  onTestFinished(() => Promise.all([a.endAsync(true), b.endAsync(true)]).then(() => undefined));
  const bridge: Bridge = { hostile: false, done: {} };
  const random = seeded(7);
  carry(a, b, bridge, random);
  carry(b, a, bridge, random);
  const heard = (inbox: string, own: string) => [
    `cloudisense/service/${inbox}/inbox`,
    `cloudisense/service/${own}/status`,
    `cloudisense/service/${own}/events/#`,
  ];
  await Promise.all([
    a.subscribeAsync(heard(far.nodeId, near.nodeId), { qos: 1 }),
    b.subscribeAsync(heard(near.nodeId, far.nodeId), { qos: 1 }),
  ]);
  return bridge;
}

async function effectsOf({ client }: MemberNode): Promise<number> {
  const { total } = await client.call('audit.list', { act: 'logs.setLevel', outcome: 'done', limit: 1 });
  return total;
}

it('loses calls, and never runs one twice or another than was sent', async () => {
  const brokers = await Promise.all([startMosquitto(), startMosquitto()]);
  const founding = await Promise.all([startMember('ada'), startMember('bo')]);
  await founding[0].client.call('membership.create', { name: 'North yard' });
  await letJoin(...founding);
  await Promise.all(founding.map((member) => member.stop()));
  const open = ({ name, folder }: MemberNode, brokerUrl: string) =>
    startMember(name, { 'federation.mode': 'external', 'federation.brokerUrl': brokerUrl, 'links.mode': 'off' }, folder);
  const [ada, bo] = await Promise.all([open(founding[0], brokers[0].url), open(founding[1], brokers[1].url)]);
  const bridge = await openBridge({ url: brokers[0].url, nodeId: ada.node.nodeId }, { url: brokers[1].url, nodeId: bo.node.nodeId });
  const sees = (from: MemberNode, of: MemberNode) => from.node.federation.directory.get(of.node.nodeId)?.secure;
  await expect.poll(() => [sees(ada, bo), sees(bo, ada)], waiting).toEqual([true, true]);

  bridge.hostile = true;
  const outcomes: string[] = [];
  const caller = async () => {
    while (outcomes.length < calls)
      outcomes.push(
        await ada.client
          .call('logs.setLevel', { name: 'router', level: 'debug' }, { target: { node: 'bo' }, timeoutMs: 2_000 })
          .then(() => 'done')
          .catch((error: unknown) => (error instanceof SignalboxError ? (error.executed ?? 'maybe') : 'maybe')),
      );
  };
  await Promise.all(Array.from({ length: 6 }, caller));
  bridge.hostile = false;
  const effects = await effectsOf(bo);
  const count = (what: string) => outcomes.filter((outcome) => outcome === what).length;
  expect(count('done')).toBeGreaterThan(0);
  expect(effects).toBeGreaterThanOrEqual(count('done'));
  expect(effects).toBeLessThanOrEqual(count('done') + count('maybe'));
  expect(Object.keys(bridge.done).length).toBeGreaterThan(0);
  // Whatever was refused was refused for what was done to it.
  const codes = [ada, bo].flatMap(({ node }) => Object.keys(node.federation.metrics.refused));
  for (const code of codes)
    expect([
      'DECRYPT',
      'REPLAYED',
      'BAD_SIGNATURE',
      'INVALID_PARAMS',
      'VERSION',
      'BAD_REQUEST',
      'TOO_LARGE',
      'WRONG_CLUSTER',
      'SELF',
      'FUTURE',
      'EXPIRED',
      'KEY_WEAK',
      'NOT_MEMBER',
    ]).toContain(code);
});
