import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PeerPriority } from '../../../../../../src/common/contract/peers.ts';
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import { communicatorLimits } from '../../../../../../src/main/node/peers/communicator/limits.ts';
import type { WayChange } from '../../../../../../src/main/node/peers/transport.ts';
import type { DeliveryOutcome, PeerMessage, SendOptions } from '../../../../../../src/main/node/peers/types.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

let network: PeerNetwork;
let north: NetworkPeer;
let south: NetworkPeer;
let heard: { readonly text: unknown; readonly priority: PeerPriority }[];

beforeEach(async () => {
  vi.useFakeTimers();
  network = new PeerNetwork({ kinds: ['link', 'mqtt'] });
  north = network.add('north');
  south = network.add('south');
  heard = [];
  south.communicator.on('Note', ({ text }, { priority }) => void heard.push({ text, priority }));
  await north.communicator.start();
  await south.communicator.start();
});

afterEach(async () => {
  await north.communicator.stop();
  await south.communicator.stop();
  vi.useRealTimers();
});

const note = (text: string): PeerMessage => ({ type: 'Note', text });
const texts = () => heard.map(({ text }) => text);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Sends a message; what becomes of it is in `outcome` once it has ended. */
async function send(message: PeerMessage, options: Partial<SendOptions> = {}): Promise<{ outcome: DeliveryOutcome | undefined }> {
  const sent: { outcome: DeliveryOutcome | undefined } = { outcome: undefined };
  const { settled } = await north.communicator.send('south', message, { priority: 'Medium', ...options });
  void settled.then((outcome) => {
    sent.outcome = outcome;
  });
  return sent;
}

describe('a message', () => {
  it('reaches its handler and is acknowledged', async () => {
    const sent = await send(note('a'));
    await pass(20);
    expect(texts()).toEqual(['a']);
    expect(sent.outcome).toMatchObject({ outcome: 'taken' });
    expect(north.communicator.figures('south').counts).toMatchObject({ sent: 1, taken: 1 });
    expect(south.communicator.figures('north').counts).toMatchObject({ received: 1, repeated: 0 });
  });

  it('is refused in the words of the handler', async () => {
    south.communicator.on('Note', () => {
      throw new SignalboxError('FORBIDDEN', 'Not here.');
    });
    const sent = await send(note('a'));
    await pass(20);
    expect(sent.outcome).toMatchObject({ outcome: 'refused', error: { code: 'FORBIDDEN', message: 'Not here.' } });
    expect(south.communicator.totals().refused).toEqual({ FORBIDDEN: 1 });
  });

  it('is answered when a handler fails unexpectedly, without its words', async () => {
    south.communicator.on('Note', () => Promise.reject(new Error('/secret/path')));
    const sent = await send(note('a'));
    await pass(20);
    expect(sent.outcome).toMatchObject({ outcome: 'refused', error: { code: 'INTERNAL' } });
    expect(JSON.stringify(sent.outcome)).not.toContain('secret');
    expect(south.logger.lines.map(({ event }) => event)).toContain('peers.handlerFailed');
  });

  it('waits while the peer is away, and goes when it is back', async () => {
    network.cut('north', 'south');
    const sent = await send(note('a'));
    await pass(10_000);
    expect([texts(), sent.outcome]).toEqual([[], undefined]);
    network.mend('north', 'south');
    await pass(20);
    expect(texts()).toEqual(['a']);
  });

  it('ends when its time is over', async () => {
    network.cut('north', 'south');
    const sent = await send(note('a'), { ttlSeconds: 5 });
    await pass(11_000);
    expect(sent.outcome).toEqual({ outcome: 'expired' });
    expect(north.communicator.totals().expired).toBe(1);
  });

  it('does not wait for another session when it is for the live one alone (ttl 0)', async () => {
    network.cut('north', 'south');
    const sent = await send(note('a'), { ttlSeconds: 0 });
    await pass(6_000);
    expect(sent.outcome).toMatchObject({ outcome: 'refused', error: { code: 'NODE_UNREACHABLE' } });
    network.mend('north', 'south');
    await send(note('b'), { ttlSeconds: 0 });
    await pass(20);
    expect(texts()).toEqual(['b']);
  });

  it('lives on when somebody sets the clock forward by a year (row 72)', async () => {
    network.cut('north', 'south');
    let ahead = 0;
    const other = network.add('other', { clock: { laggingMs: () => Math.min(Date.now(), Date.now() + ahead) } });
    await other.communicator.start();
    network.cut('other', 'south');
    await other.communicator.send('south', note('a'), { priority: 'Low', ttlSeconds: 60 });
    ahead = 31_536_000_000;
    await pass(20_000);
    expect(other.communicator.figures('south').queued.Low.messages).toBe(1);
    await other.communicator.stop();
  });

  it('takes the place of an older one of its key that still waits', async () => {
    network.cut('north', 'south');
    const older = await send(note('old'), { supersedes: 'state' });
    await send(note('between'));
    const newer = await send(note('new'), { supersedes: 'state' });
    network.mend('north', 'south');
    await pass(100);
    expect(texts()).toEqual(['new', 'between']);
    expect([older.outcome, newer.outcome]).toMatchObject([{ outcome: 'dropped', error: { code: 'CANCELLED' } }, { outcome: 'taken' }]);
  });

  it('is what counts of two of its key that were both refused for a while, whichever comes back first', async () => {
    network.behave('north', 'south', { latencyMs: 100 });
    let refused = 0;
    south.communicator.on('Note', ({ text }, { priority }) => {
      if (refused++ < 2) throw new SignalboxError('OVERLOADED', 'Not now.', { executed: 'no' });
      heard.push({ text, priority });
    });
    const older = await send(note('old'), { supersedes: 'state' });
    await pass(1);
    const newer = await send(note('new'), { supersedes: 'state' });
    await pass(5_000);
    expect(texts()).toEqual(['new']);
    expect([older.outcome, newer.outcome]).toMatchObject([{ outcome: 'dropped', error: { code: 'CANCELLED' } }, { outcome: 'taken' }]);
  });

  it('is counted when it was not accepted because too many wait', async () => {
    network.cut('north', 'south');
    const bulk = { type: 'Bulk', text: 'x'.repeat(390_000) };
    const waiting = Math.floor(communicatorLimits.laneBytes / 390_500);
    for (let count = 0; count < waiting; count++) await send(bulk);
    await expect(send(bulk)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect([north.communicator.totals().dropped, north.communicator.figures('south').counts.dropped]).toEqual([1, 1]);
  });

  it('is not accepted for nobody, nor when it is too large', async () => {
    await expect(north.communicator.send('nobody', note('a'), { priority: 'Low' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(send(note('x'.repeat(400_000)))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('goes alone when it is larger than a batch', async () => {
    south.communicator.on('Bulk', ({ text }) => void heard.push({ text: (text as string).length, priority: 'Low' }), 393_216);
    await send({ type: 'Bulk', text: 'x'.repeat(380_000) });
    await send(note('small'));
    await pass(200);
    expect(texts()).toEqual([380_000, 'small']);
  });

  it('reaches a node that acknowledges nothing in an envelope of its own', async () => {
    const old = network.add('old', { acknowledges: false });
    old.communicator.on('Note', ({ text }, { origin, messageId }) => {
      heard.push({ text, priority: 'Low' });
      expect([origin.secure, messageId]).toEqual([false, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    });
    await old.communicator.start();
    const { settled } = await north.communicator.send('old', note('a'), { priority: 'Medium' });
    await pass(20);
    expect(await settled).toMatchObject({ outcome: 'taken' });
    expect(texts()).toEqual(['a']);
    await old.communicator.stop();
  });

  it('does not leave for such a node together with all that waits: the node has other things to do', async () => {
    const { sentPerSecond, sentBurst } = communicatorLimits;
    network.add('old', { acknowledges: false });
    network.behave('north', 'old', { isSilent: true });
    network.cut('north', 'old');
    for (let number = 0; number < 2 * sentBurst; number++) await north.communicator.send('old', note('a'), { priority: 'Medium' });
    network.mend('north', 'old');
    expect(north.communicator.totals().sent.Medium).toBeLessThanOrEqual(sentBurst + 1);
    await pass((2 * sentBurst * 1_000) / sentPerSecond);
    expect(north.communicator.totals().sent.Medium).toBe(2 * sentBurst);
  });
});

describe('messages', () => {
  it('travel together, at most 50 ms later', async () => {
    network.behave('north', 'south', { latencyMs: 500 });
    for (let number = 0; number < 100; number++) await send(note(`${number}`));
    await pass(60);
    expect(north.communicator.totals()).toMatchObject({ batches: expect.any(Number), sent: { Medium: 100 } });
    expect(north.communicator.totals().batches).toBeLessThan(10);
    await pass(1_000);
    expect(texts()).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`));
  });

  it('that are urgent overtake all that waits (row 40)', async () => {
    network.behave('north', 'south', { bytesPerMs: 1_000, latencyMs: 5 });
    for (let number = 0; number < 20_000; number++) await send(note('low'), { priority: 'Low' });
    await pass(2_000);
    const before = heard.length;
    expect(before).toBeLessThan(20_000);
    const urgent = await send(note('urgent'), { priority: 'Critical' });
    await pass(100);
    expect(urgent.outcome).toMatchObject({ outcome: 'taken' });
    expect(heard.findIndex(({ text }) => text === 'urgent') - before).toBeLessThan(200);
  });

  it('go to all peers, and one that cannot take them holds up no other', async () => {
    const west = network.add('west', { oversight: {} });
    west.communicator.on('Note', ({ text }) => void heard.push({ text, priority: 'High' }));
    await west.communicator.start();
    network.cut('north', 'south');
    const sent = await north.communicator.broadcast(note('all'), { priority: 'High' });
    await pass(50);
    expect([...sent.keys()].sort()).toEqual(['south', 'west']);
    expect(await sent.get('west')?.settled).toMatchObject({ outcome: 'taken' });
    expect(texts()).toEqual(['all']);
    await west.communicator.stop();
  });

  it('end when this node stops, but for those on the disk', async () => {
    network.cut('north', 'south');
    const plain = await send(note('a'));
    const durable = await send(note('b'), { durable: true });
    await north.communicator.stop();
    await pass(0);
    expect([plain.outcome, durable.outcome]).toMatchObject([{ outcome: 'dropped', error: { code: 'CANCELLED' } }, undefined]);
    network.mend('north', 'south');
    north = network.add('north', { store: north.store });
    await north.communicator.start();
    await pass(50);
    expect(texts()).toEqual(['b']);
  });

  it('that wait can be discarded, also on the disk', async () => {
    network.cut('north', 'south');
    const sent = [await send(note('a'), { durable: true, priority: 'Low' }), await send(note('b'), { priority: 'High' })];
    expect(north.communicator.figures('south').queued).toMatchObject({ Low: { messages: 1 }, High: { messages: 1 } });
    expect(north.communicator.discard('south', 'Low')).toBe(1);
    await pass(10);
    expect(sent.map(({ outcome }) => outcome?.outcome)).toEqual(['dropped', undefined]);
    expect(await north.store.all('SELECT * FROM peer_outbox')).toEqual([]);
  });

  it('that must not be lost are not accepted when the disk refuses them', async () => {
    north.store.failure = new SignalboxError('STORAGE_FULL', 'The disk is full.');
    await expect(send(note('a'), { durable: true })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(north.communicator.totals().durable).toEqual({ messages: 0, sizeBytes: 0 });
    north.store.failure = undefined;
  });

  it('that must not be lost come again when the receiver could not write that it took them (row 37)', async () => {
    south.store.failure = new SignalboxError('STORAGE_FULL', 'The disk is full.');
    const sent = await send(note('a'), { durable: true });
    await pass(1_000);
    expect(sent.outcome).toBeUndefined();
    south.store.failure = undefined;
    await pass(1_000);
    expect(sent.outcome).toMatchObject({ outcome: 'taken' });
  });
});

describe('a request', () => {
  it('is answered by the message with its id', async () => {
    south.communicator.on('Ask', (message, context) => south.communicator.answer(message, context, { type: 'Told', text: 'yes' }));
    const answer = north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 1_000 });
    await pass(50);
    expect(await answer).toMatchObject({ type: 'Told', text: 'yes' });
  });

  it('ends with the error that was answered', async () => {
    south.communicator.on('Ask', (message, context) =>
      south.communicator.answer(message, context, { type: 'Error', code: 'StorageError', message: 'The disk is full.' }),
    );
    const answer = north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 1_000 });
    const ended = expect(answer).rejects.toMatchObject({ code: 'STORAGE_FULL', data: { networkError: 'StorageError' } });
    await pass(50);
    await ended;
  });

  it('ends when its time is over, and when somebody cancels it', async () => {
    south.communicator.on('Ask', () => undefined);
    const late = expect(north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 1_000 })).rejects.toMatchObject(
      {
        code: 'TIMEOUT',
      },
    );
    const controller = new AbortController();
    const cancelled = expect(
      north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 60_000, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'CANCELLED' });
    controller.abort();
    await pass(1_100);
    await Promise.all([late, cancelled]);
  });

  it('of a type that nobody knows there ends at once (row 50)', async () => {
    const answer = north.communicator.request('south', { type: 'Teleport' }, { priority: 'High', timeoutMs: 10_000 });
    const ended = expect(answer).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await pass(100);
    await ended;
  });

  it('is not answered by another node', async () => {
    south.communicator.on('Ask', () => undefined);
    north.transport.keepsSent = true;
    const answer = north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 1_000 });
    const ended = expect(answer).rejects.toMatchObject({ code: 'TIMEOUT' });
    await pass(20);
    const requestId = /"request_id":"([^"]+)"/.exec(north.transport.sent[0]?.text ?? '')?.[1];
    const evil = network.add('evil');
    await evil.communicator.start();
    await evil.communicator.send('north', { type: 'Told', request_id: requestId, text: 'forged' }, { priority: 'High' });
    await pass(1_100);
    await ended;
    await evil.communicator.stop();
  });
});

describe('ways', () => {
  const keepSending = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await send(note('x'), { priority: 'High' });
      await pass(1_000);
    }
  };

  it('that fall silent are left for another one, tried again and used again', async () => {
    const changes: WayChange[] = [];
    north.communicator.onWayChange((change) => changes.push(change));
    await keepSending(3);
    network.behave('north', 'south', { isSilent: true }, ['link']);
    await keepSending(12);
    expect(changes).toMatchObject([{ kind: 'link', circuit: 'opened', restMs: 60_000 }]);
    expect(north.transport.ways('south')).toMatchObject([
      { kind: 'link', circuit: 'open' },
      { kind: 'mqtt', circuit: 'closed' },
    ]);
    const sent = north.communicator.totals().sent.High;
    await keepSending(10);
    // Nothing more is tried on it, so nothing is sent twice.
    expect(north.communicator.totals().sent.High - sent).toBe(10);
    await keepSending(50);
    expect(changes.slice(1, 3)).toMatchObject([{ circuit: 'probed' }, { circuit: 'opened', restMs: 120_000 }]);
    network.behave('north', 'south', { isSilent: false }, ['link']);
    await keepSending(130);
    expect(changes.slice(3)).toMatchObject([{ circuit: 'probed' }, { circuit: 'closed' }]);
    await pass(1_000);
    expect(heard).toHaveLength(3 + 12 + 10 + 50 + 130);
  });

  it('that break are left at once, and what was on them goes another way', async () => {
    network.behave('north', 'south', { latencyMs: 200 }, ['link']);
    const sent = await send(note('a'));
    await pass(100);
    network.cut('north', 'south', ['link']);
    await pass(50);
    expect(texts()).toEqual(['a']);
    expect(sent.outcome).toMatchObject({ outcome: 'taken' });
    expect(north.communicator.figures('south').counts.moved).toBe(1);
    expect(north.transport.circuits.of('south', 'link').failures).toBe(0);
  });

  it('that flap neither storm nor stick', async () => {
    for (let flap = 0; flap < 50; flap++) {
      network.cut('north', 'south', ['link']);
      await send(note(`${flap}`));
      await pass(30);
      network.mend('north', 'south', ['link']);
      await pass(30);
    }
    await pass(1_000);
    expect(texts()).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
    expect(north.communicator.totals().batches).toBeLessThan(120);
    expect(north.transport.circuits.opened).toBe(0);
  });

  it('are tried at once when somebody asks, also where the circuit is open', async () => {
    await keepSending(3);
    network.behave('north', 'south', { isSilent: true });
    await keepSending(45);
    expect(north.transport.ways('south').every(({ circuit }) => circuit === 'open')).toBe(true);
    network.behave('north', 'south', { isSilent: false });
    const probe = north.communicator.probe('south', note('probe'), 'High', 5_000);
    await pass(100);
    expect(await probe).toMatchObject({ kind: 'link' });
    expect(north.transport.circuits.of('south', 'link').state).toBe('closed');
  });

  it('to a peer that is slow are not taken for broken', async () => {
    network.behave('north', 'south', { latencyMs: 1_200 });
    await keepSending(60);
    await pass(10_000);
    expect(heard).toHaveLength(60);
    expect(north.transport.circuits.opened).toBe(0);
  });
});
