import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PeerMessage } from '../../../../../../src/main/node/peers/types.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

let network: PeerNetwork;
let north: NetworkPeer;
let south: NetworkPeer;
let heard: PeerMessage[];

beforeEach(async () => {
  vi.useFakeTimers();
  network = new PeerNetwork({ kinds: ['link', 'mqtt'] });
  north = network.add('north');
  south = network.add('south');
  heard = [];
  south.communicator.on('Note', (message) => void heard.push(message));
  await north.communicator.start();
  await south.communicator.start();
});

afterEach(async () => {
  await north.communicator.stop();
  await south.communicator.stop();
  vi.useRealTimers();
});

const note = (text: string): PeerMessage => ({ type: 'Note', text });

describe('messages', () => {
  it('reach their handler and are acknowledged', async () => {
    const { settled } = await north.communicator.send('south', note('a'), { priority: 'High' });
    await vi.advanceTimersByTimeAsync(20);
    expect(heard).toEqual([note('a')]);
    expect(await settled).toMatchObject({ outcome: 'taken' });
  });

  it('are answered', async () => {
    south.communicator.on('Ask', (message, context) => south.communicator.answer(message, context, { type: 'Told', text: 'yes' }));
    const answer = north.communicator.request('south', { type: 'Ask' }, { priority: 'High', timeoutMs: 1_000 });
    await vi.advanceTimersByTimeAsync(50);
    expect(await answer).toMatchObject({ type: 'Told', text: 'yes' });
  });
});
