import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { communicatorLimits } from '../../../../../../src/main/node/peers/communicator/limits.ts';
import type { PeerOversight } from '../../../../../../src/main/node/peers/oversight.ts';
import { memoryStore } from '../../../../../helpers/memory-store.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

type Observed = Parameters<PeerOversight['observe']>[1];

let network: PeerNetwork;
let node: NetworkPeer;
let heard: unknown[];
let observed: Observed[];
let conduct: string[];

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_795_000_000_000 });
  network = new PeerNetwork();
  observed = [];
  conduct = [];
  node = network.add('node', {
    oversight: { observe: (_id, each) => void observed.push(each), conduct: (_id, kind) => void conduct.push(kind) },
  });
  // What the node says to them is kept, and gets nowhere: the tests speak in their names.
  for (const name of ['evil', 'good']) {
    network.add(name);
    network.behave('node', name, { isSilent: true });
  }
  heard = [];
  node.communicator.on('Note', (message) => void heard.push(message.number));
  node.transport.keepsSent = true;
  await node.communicator.start();
});

afterEach(async () => {
  await node.communicator.stop();
  vi.useRealTimers();
});

let nextId = 0;
const envelope = (change: Record<string, unknown> = {}) => ({
  message_id: `0199${(nextId++).toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`,
  source_node_id: 'evil',
  target_node_id: 'node',
  timestamp: Math.floor(Date.now() / 1_000),
  timestamp_ms: Date.now(),
  ttl: 300,
  priority: 'Medium',
  is_encrypted: false,
  payload: { type: 'Note', number: 1 },
  ...change,
});
const batch = (envelopes: readonly unknown[], change: Record<string, unknown> = {}) => ({
  type: 'Envelopes',
  seq: 1,
  envelopes,
  ...change,
});
const receive = (message: unknown, from = 'evil') => node.transport.receive(from, JSON.stringify(message));
const answers = () => node.transport.sent.map(({ text }) => JSON.parse(text)).filter(({ type }) => type === 'EnvelopesTaken');
const refusals = () => answers().flatMap(({ refused }) => refused.map(({ code }: { code: string }) => code));

describe('a batch is refused as a whole, and nothing of it has an effect (row 33),', () => {
  const fine = envelope();
  const wrong: readonly [string, unknown][] = [
    ['when it is empty', batch([])],
    ['when it holds a thousand', batch(Array.from({ length: 1_000 }, () => envelope()))],
    ['when one holds a batch', batch([fine, envelope({ payload: batch([envelope()]) })])],
    ['when one holds what is for the router', batch([fine, envelope({ payload: { type: 'Router', message: {} } })])],
    ['when two have one id', batch([fine, { ...envelope(), message_id: fine.message_id }])],
    ['when one is for another node', batch([fine, envelope({ target_node_id: 'good' })])],
    ['when one is in the name of another node (row 42)', batch([fine, envelope({ source_node_id: 'good' })])],
    ['when one has a field that nobody knows', batch([fine, envelope({ admin: true })])],
    ['when one has no type', batch([fine, envelope({ payload: { number: 1 } })])],
    ['when one says that it is encrypted', batch([fine, envelope({ is_encrypted: true })])],
    ['when a life is negative (row 44)', batch([fine, envelope({ ttl: -1 })])],
    ['when a life is endless (row 44)', batch([fine, envelope({ ttl: 1e12 })])],
    ['when a life is no whole number (row 44)', batch([fine, envelope({ ttl: 1.5 })])],
    ['when a time is none (row 44)', batch([fine, envelope({ timestamp_ms: Number.NaN })])],
    ['when its two times differ', batch([fine, envelope({ timestamp: 1 })])],
    ['when an id holds markup (row 52)', batch([fine, envelope({ message_id: '<b>00000000</b>' })])],
    ['when a type holds markup (row 52)', batch([fine, envelope({ payload: { type: '\u202eNote' } })])],
    ['when its number is none', batch([fine], { seq: -1 })],
    ['when its number is too large', batch([fine], { seq: 2 ** 60 })],
    ['when it has a field that nobody knows', batch([fine], { more: 1 })],
  ];

  it.each(wrong)('%s', async (_what, message) => {
    receive(message);
    await vi.advanceTimersByTimeAsync(100);
    expect([heard, answers()]).toEqual([[], []]);
    expect(node.transport.refused).toHaveLength(1);
  });

  it('whatever it is, without ever throwing anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('Envelopes', 'EnvelopesTaken'), (value, type) => {
        receive(typeof value === 'object' && value !== null ? { ...value, type } : { type, envelopes: value, seq: value, refused: value });
      }),
    );
    expect(heard).toEqual([]);
  });
});

describe('a peer that asks', () => {
  const { answersPerPeer } = communicatorLimits;

  it('and takes no answer makes this node keep so many answers and no more, while others are answered', async () => {
    const ask = (from: string) =>
      receive(batch([envelope({ source_node_id: from, payload: { type: 'Teleport', request_id: 'r' } })]), from);
    for (let count = 0; count < 3 * answersPerPeer; count++) ask('evil');
    await vi.advanceTimersByTimeAsync(1_000);
    const waiting = (id: string) => {
      const { queued, inFlight } = node.communicator.figures(id);
      return queued.Low.messages + inFlight.messages;
    };
    expect(waiting('evil')).toBe(answersPerPeer);
    expect(node.communicator.totals()).toMatchObject({ dropped: 2 * answersPerPeer, deadLetters: 3 * answersPerPeer });
    ask('good');
    await vi.advanceTimersByTimeAsync(10);
    expect(waiting('good')).toBe(1);
  });

  it('and waits no longer is not refused what it asked for: its sender would doubt the clocks', async () => {
    receive(batch([envelope({ payload: { type: 'StorageResponse', request_id: 'gone' } })]));
    await vi.advanceTimersByTimeAsync(10);
    expect([answers().length, refusals()]).toEqual([1, []]);
  });
});

describe('a message is refused', () => {
  it.each([
    ['that is of 1970', { timestamp: 0, timestamp_ms: 0 }, 'EXPIRED'],
    ['that is of 2100', { timestamp: 4_102_444_800, timestamp_ms: 4_102_444_800_000 }, 'FUTURE'],
  ])('%s (row 44), others of its batch are not', async (_what, change, code) => {
    receive(batch([envelope(change), envelope({ payload: { type: 'Note', number: 2 } })]));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard, refusals()]).toEqual([[2], [code]]);
  });

  it('of a type that nobody here knows, which is told, counted and kept (row 50)', async () => {
    for (let count = 0; count < 300; count++) receive(batch([envelope({ payload: { type: 'Teleport', to: 'x'.repeat(2_000) } })]));
    await vi.advanceTimersByTimeAsync(100);
    const { count, letters } = node.communicator.deadLetters();
    expect(count).toBe(300);
    expect(letters.length).toBeLessThanOrEqual(100);
    expect(letters[0]).toMatchObject({
      direction: 'received',
      nodeId: 'evil',
      type: 'Teleport',
      reason: expect.stringContaining('Teleport'),
    });
    expect(new Set(refusals())).toEqual(new Set(['BAD_REQUEST']));
    const told = node.transport.sent.filter(({ text }) => text.includes('ProtocolError'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(20);
    expect(node.logger.lines.filter(({ event }) => event === 'peers.unknownType')).toHaveLength(1);
  });

  it('that is larger than its handler takes (row 50)', async () => {
    receive(batch([envelope({ payload: { type: 'Note', text: 'x'.repeat(300 * 1_024) } })]));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard, refusals()]).toEqual([[], ['TOO_LARGE']]);
  });

  it('that is larger than its handler takes, also beside small ones (row 50)', async () => {
    const large = envelope({ payload: { type: 'Note', text: 'x'.repeat(300 * 1_024) } });
    receive(batch([large, ...Array.from({ length: 10 }, () => envelope())]));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard.length, refusals()]).toEqual([10, ['TOO_LARGE']]);
  });

  it('of a peer that is not listened to', async () => {
    network.remove('node');
    await node.communicator.stop();
    const { SignalboxError } = await import('../../../../../../src/common/errors.ts');
    node = network.add('node', { oversight: { refusal: () => new SignalboxError('FORBIDDEN', 'It was removed.') } });
    node.communicator.on('Note', () => void heard.push('never'));
    node.transport.keepsSent = true;
    receive(batch([envelope()]));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard, refusals()]).toEqual([[], ['FORBIDDEN']]);
  });
});

describe('a message that comes again', () => {
  it('has no second effect, and is acknowledged as the first was (row 49)', async () => {
    const one = envelope();
    for (let seq = 1; seq <= 50; seq++) receive(batch([one], { seq }));
    await vi.advanceTimersByTimeAsync(10);
    expect(heard).toEqual([1]);
    expect(answers().map(({ seq, refused }) => [seq, refused])).toEqual(Array.from({ length: 50 }, (_, index) => [index + 1, []]));
    expect(node.communicator.totals()).toMatchObject({ received: 50, repeated: 49 });
  });

  it('while its handler runs is acknowledged with it', async () => {
    let finish: () => void = () => undefined;
    node.communicator.on('Note', () => {
      heard.push('slow');
      return new Promise((resolve) => {
        finish = resolve;
      });
    });
    const one = envelope();
    receive(batch([one], { seq: 1 }));
    receive(batch([one], { seq: 2 }));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard, answers()]).toEqual([['slow'], []]);
    finish();
    await vi.advanceTimersByTimeAsync(10);
    expect(answers().map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('with the id of another peer is another message', async () => {
    const one = envelope();
    receive(batch([one]));
    receive(batch([{ ...one, source_node_id: 'good' }]), 'good');
    await vi.advanceTimersByTimeAsync(10);
    expect(heard).toEqual([1, 1]);
  });

  it('is known after a restart when it was durable, and no more than can be remembered is taken', async () => {
    const store = memoryStore();
    const until = Date.now() + 1_000_000;
    const rows = Array.from({ length: 20_000 }, (_, index) => ({
      sql: 'INSERT INTO peer_received VALUES (?, ?, ?)',
      params: ['evil', `known-${index}`, until],
    }));
    await store.transaction(rows);
    await node.communicator.stop();
    node = network.add('node', { store });
    node.communicator.on('Note', () => void heard.push('again'));
    node.transport.keepsSent = true;
    await node.communicator.start();
    receive(batch([envelope({ message_id: 'known-77', durable: true })], { seq: 1 }));
    receive(batch([envelope({ durable: true })], { seq: 2 }));
    await vi.advanceTimersByTimeAsync(10);
    expect([heard, answers().map(({ seq, refused }) => [seq, refused.length]), refusals()]).toEqual([
      [],
      [
        [1, 0],
        [2, 1],
      ],
      ['OVERLOADED'],
    ]);
  });
});

describe('what is said to be taken', () => {
  it('of what was never sent changes nothing', async () => {
    for (const seq of [0, 1, Number.MAX_SAFE_INTEGER]) receive({ type: 'EnvelopesTaken', seq, refused: [] });
    expect(node.communicator.totals()).toMatchObject({ taken: 0 });
    expect(node.transport.refused).toEqual([]);
  });

  it('counts once, and only of the peer that it was sent to', async () => {
    const { settled } = await node.communicator.send('evil', { type: 'Note' }, { priority: 'Critical' });
    const { seq } = JSON.parse(node.transport.sent[0]?.text ?? '{}');
    let ended = false;
    void settled.then(() => {
      ended = true;
    });
    receive({ type: 'EnvelopesTaken', seq, refused: [] }, 'good');
    await vi.advanceTimersByTimeAsync(10);
    expect(ended).toBe(false);
    receive({ type: 'EnvelopesTaken', seq, refused: [] });
    receive({ type: 'EnvelopesTaken', seq, refused: [] });
    await vi.advanceTimersByTimeAsync(10);
    expect([ended, node.communicator.totals().taken]).toEqual([true, 1]);
  });

  it('with ids of others counts against who says it', async () => {
    const { settled } = await node.communicator.send('evil', { type: 'Note' }, { priority: 'Critical' });
    const { seq } = JSON.parse(node.transport.sent[0]?.text ?? '{}');
    receive({ type: 'EnvelopesTaken', seq, refused: [{ message_id: 'somebody-elses', code: 'FORBIDDEN', message: 'no' }] });
    expect(await settled).toMatchObject({ outcome: 'taken' });
    expect(conduct).toEqual(['behaviour']);
  });

  it('with a code that nobody knows ends the message all the same', async () => {
    const { messageId, settled } = await node.communicator.send('evil', { type: 'Note' }, { priority: 'Critical' });
    const { seq } = JSON.parse(node.transport.sent[0]?.text ?? '{}');
    receive({ type: 'EnvelopesTaken', seq, refused: [{ message_id: messageId, code: 'EXPLODED', message: 'x'.repeat(500) }] });
    expect(await settled).toMatchObject({ outcome: 'refused', error: { code: 'INTERNAL', data: { unknownCode: 'EXPLODED' } } });
  });
});

describe('a flood of one peer', () => {
  const flood = (count: number, priority: string, from = 'evil') => {
    for (let sent = 0; sent < count; sent += 256)
      receive(batch(Array.from({ length: Math.min(256, count - sent) }, () => envelope({ priority, source_node_id: from }))), from);
  };

  it('is refused before any work beyond so many a second (row 51)', () => {
    flood(120_000, 'Low');
    expect(node.transport.refused.map(({ code }) => code)).toContain('OVERLOADED');
    expect(node.transport.refused.length).toBeGreaterThan(50);
  });

  it('fills its own room and keeps no other peer waiting (row 40)', async () => {
    node.communicator.on('Note', (_message, { origin }) => {
      heard.push(origin.nodeId);
      return new Promise((resolve) => setTimeout(resolve, 1_000));
    });
    flood(10_000, 'Critical');
    receive(batch([envelope({ source_node_id: 'good' })]), 'good');
    await vi.advanceTimersByTimeAsync(5);
    expect(heard.filter((from) => from === 'evil')).toHaveLength(64);
    expect(heard).toContain('good');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(refusals().every((code) => code === 'OVERLOADED')).toBe(true);
    expect(node.communicator.totals().demoted).toBeGreaterThan(4_000);
  });

  it('of urgent messages lets the others of that peer go on too (row 40)', async () => {
    const order: string[] = [];
    node.communicator.on('Note', (_message, { priority }) => {
      order.push(priority);
      return new Promise((resolve) => setTimeout(resolve, 10));
    });
    flood(2_000, 'Critical');
    flood(200, 'Low');
    await vi.advanceTimersByTimeAsync(200);
    expect(order.length).toBeLessThan(2_000);
    expect(order.filter((priority) => priority === 'Low').length).toBeGreaterThan(20);
  });
});
