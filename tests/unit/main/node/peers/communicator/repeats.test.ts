/** What is sent again: nothing is lost by it, has its effect twice, or is held against somebody who did nothing wrong. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { communicatorLimits } from '../../../../../../src/main/node/peers/communicator/limits.ts';
import { SeenIds } from '../../../../../../src/main/node/peers/communicator/seen-ids.ts';
import type { DeliveryOutcome } from '../../../../../../src/main/node/peers/types.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

interface Envelope {
  readonly payload: { readonly text: string };
}

let network: PeerNetwork;
let north: NetworkPeer;
let south: NetworkPeer;
let runs: unknown[];

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_795_000_000_000 });
  network = new PeerNetwork();
  north = network.add('north');
  south = network.add('south');
  runs = [];
  south.communicator.on('Note', ({ text }) => void runs.push(text));
  await north.communicator.start();
  await south.communicator.start();
});

afterEach(async () => {
  await north.communicator.stop();
  await south.communicator.stop();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const send = async (text: string) => {
  const sent: { outcome: DeliveryOutcome | undefined } = { outcome: undefined };
  const { settled } = await north.communicator.send('south', { type: 'Note', text }, { priority: 'Medium' });
  void settled.then((outcome) => {
    sent.outcome = outcome;
  });
  return sent;
};
/** The way is known to be quick, so that an acknowledgement is soon missed. */
const measure = async () => {
  for (let count = 0; count < 20; count++) {
    await send('quick');
    await pass(60);
  }
  runs.length = 0;
};

describe('a handler that takes long', () => {
  it('is no fault of the way: each wait for it is twice as long as the one before', async () => {
    await measure();
    south.communicator.on('Note', async ({ text }) => {
      runs.push(text);
      await new Promise((resolve) => setTimeout(resolve, 3_500));
    });
    const sent = await send('slow');
    await pass(5_000);
    expect([runs, sent.outcome]).toMatchObject([['slow'], { outcome: 'taken' }]);
    expect([north.transport.circuits.opened, north.communicator.totals().openWays]).toEqual([0, 0]);
  });

  it('makes a message go once more over the only way there is, which is not another way', async () => {
    await measure();
    south.communicator.on('Note', async ({ text }) => {
      runs.push(text);
      await new Promise((resolve) => setTimeout(resolve, 3_500));
    });
    await send('slow');
    await pass(5_000);
    const { sent, moved } = north.communicator.figures('south').counts;
    expect([runs, moved]).toEqual([['slow'], 0]);
    expect(sent).toBeGreaterThan(21);
  });

  it('and refuses in the end is answered once, and the message goes once again', async () => {
    await measure();
    let isFull = true;
    south.communicator.on('Note', async ({ text }) => {
      runs.push(text);
      if (isFull) await new Promise((resolve) => setTimeout(resolve, 600));
      if (isFull) throw new SignalboxError('OVERLOADED', 'No room.');
    });
    const sent = await send('a');
    await pass(550);
    expect(runs).toEqual(['a']);
    await pass(100);
    isFull = false;
    await pass(5_000);
    expect([runs, sent.outcome]).toMatchObject([['a', 'a'], { outcome: 'taken' }]);
    // A batch that held it twice would be no batch.
    expect(south.transport.refused).toEqual([]);
    expect(north.communicator.figures('south')).toMatchObject({ inFlight: { messages: 0 }, queued: { Medium: { messages: 0 } } });
  });
});

describe('a message that comes again', () => {
  const envelope = { message_id: '01990000-0000-7000-8000-000000000000', source_node_id: 'north', target_node_id: 'south' };
  const receive = (seq: number, change: Record<string, unknown> = {}, to = south) => {
    const timestampMs = (change.timestamp_ms as number | undefined) ?? Date.now();
    const whole = {
      ...envelope,
      timestamp: Math.floor(timestampMs / 1_000),
      timestamp_ms: timestampMs,
      ttl: 300,
      priority: 'Medium',
      is_encrypted: false,
      payload: { type: 'Note', text: 'a' },
      ...change,
    };
    to.transport.receive('north', JSON.stringify({ type: 'Envelopes', seq, envelopes: [whole] }));
  };
  const answers = () =>
    south.transport.sent
      .map(({ text }) => JSON.parse(text))
      .flatMap(({ type, seq, refused }) =>
        type === 'EnvelopesTaken' ? [[seq, ...refused.map(({ code }: { code: string }) => code)]] : [],
      );

  beforeEach(() => {
    south.transport.keepsSent = true;
  });

  it('is refused again, in the same words, when it was refused', async () => {
    south.communicator.on('Note', () => {
      runs.push('a');
      throw new SignalboxError('INVALID_PARAMS', 'Not that.');
    });
    receive(1);
    receive(2);
    await pass(10);
    expect([runs, answers()]).toEqual([
      ['a'],
      [
        [1, 'INVALID_PARAMS'],
        [2, 'INVALID_PARAMS'],
      ],
    ]);
  });

  it('is answered when the first has ended, not before', async () => {
    south.communicator.on('Note', async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      throw new SignalboxError('FORBIDDEN', 'No.');
    });
    receive(1);
    receive(2);
    await pass(90);
    expect(answers()).toEqual([]);
    await pass(20);
    expect(answers().sort()).toEqual([
      [1, 'FORBIDDEN'],
      [2, 'FORBIDDEN'],
    ]);
  });

  it('has its effect once after a restart, also when the clock of its sender is an hour behind', async () => {
    const hourMs = 3_600_000;
    const change = { timestamp_ms: Date.now() - hourMs, ttl: 3_600, durable: true };
    vi.spyOn(south.transport, 'offsetMs').mockReturnValue(-hourMs);
    receive(1, change);
    await pass(700_000);
    await south.communicator.stop();
    const again = network.add('south', { store: south.store });
    vi.spyOn(again.transport, 'offsetMs').mockReturnValue(-hourMs);
    again.communicator.on('Note', ({ text }) => void runs.push(text));
    await again.communicator.start();
    receive(2, change, again);
    await pass(10);
    expect(runs).toEqual(['a']);
    expect(again.communicator.totals().repeated).toBe(1);
    await again.communicator.stop();
  });
});

describe('a message that a peer cannot take', () => {
  it('goes with nothing that it may take, once it was lost so often', async () => {
    await measure();
    north.transport.keepsSent = true;
    network.behave('north', 'south', { isSilent: true });
    await send('lost');
    await pass(3_000);
    await send('later');
    await pass(60_000);
    const sent = north.transport.sent.map(({ text }) => JSON.parse(text).envelopes?.map(({ payload }: Envelope) => payload.text) ?? []);
    const alone = sent.filter((texts) => texts.includes('lost')).slice(communicatorLimits.aloneAfter + 1);
    expect(alone.length).toBeGreaterThan(0);
    for (const texts of alone) expect(texts).toEqual(['lost']);
  });
});

describe('a peer that is sent as much as passes', () => {
  it('is sent less than it looks at: what it refuses unread would make the way count as broken', async () => {
    const { sentPerSecond, sentBurst, receivedPerSecond, receivedBurst } = communicatorLimits;
    expect([sentPerSecond < receivedPerSecond, sentBurst < receivedBurst]).toEqual([true, true]);
    for (let sent = 0; sent < 60_000; sent++) await north.communicator.send('south', { type: 'Note' }, { priority: 'High' });
    await pass(1_000);
    expect(runs.length).toBeLessThanOrEqual(sentPerSecond + sentBurst + communicatorLimits.batchMessages);
    await pass(1_000);
    expect(runs).toHaveLength(60_000);
  });
});

describe('ids of what came', () => {
  const { sentPastOne, batchMessages, urgentInFlight, seenAtLeastPerPeer, peers } = communicatorLimits;

  it('are remembered longer than anybody sends past a message that is not acknowledged, however many peers there are', () => {
    const seen = new SeenIds();
    for (let peer = 0; peer < peers - 1; peer++) seen.set(`peer ${peer}`, 'first', 'taken');
    seen.set('busy', 'lost', 'taken');
    for (let count = 0; count < sentPastOne + batchMessages + urgentInFlight; count++) seen.set('busy', `m${count}`, 'taken');
    expect(seen.get('busy', 'lost')).toBe('taken');
    // Its sender tries again and again.
    for (let round = 0; round < 3; round++) {
      seen.renew('busy', 'lost');
      for (let count = 0; count < seenAtLeastPerPeer / 2; count++) seen.set('busy', `r${round}m${count}`, 'taken');
      expect(seen.get('busy', 'lost')).toBe('taken');
    }
  });

  it('are kept of so many peers; names that somebody makes up push out each other', () => {
    const seen = new SeenIds();
    for (const id of ['a', 'b']) seen.set('busy', id, 'taken');
    for (let name = 0; name < 2 * peers; name++) seen.set(`made up ${name}`, 'a', 'taken');
    expect([seen.get('busy', 'a'), seen.get('made up 0', 'a')]).toEqual(['taken', undefined]);
  });
});

describe('the end of the communicator', () => {
  it('sends nothing any more that was still on its way to the disk: it goes at the next start', async () => {
    const node = network.add('node');
    node.transport.keepsSent = true;
    await node.communicator.start();
    let isWritten: () => void = () => undefined;
    const { run } = node.store;
    vi.spyOn(node.store, 'run').mockImplementation(async (...statement) => {
      await new Promise<void>((resolve) => {
        isWritten = resolve;
      });
      return run(...statement);
    });
    const sending = node.communicator.send('south', { type: 'Note', text: 'kept' }, { priority: 'High', durable: true });
    await pass(0);
    await node.communicator.stop();
    isWritten();
    await sending;
    await pass(60_000);
    expect(node.transport.sent).toEqual([]);
    expect(await node.store.all('SELECT payload FROM peer_outbox')).toHaveLength(1);
  });
});
