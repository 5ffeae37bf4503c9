import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sayGoodbye } from '../../../../../../src/main/node/peers/health/farewell.ts';
import { type NetworkPeer, PeerNetwork } from '../../../../../helpers/peer-network.ts';

let network: PeerNetwork;
let leaving: NetworkPeer;
let told: string[];

beforeEach(async () => {
  vi.useFakeTimers();
  network = new PeerNetwork({ kinds: ['link', 'relay'] });
  leaving = network.add('leaving');
  told = [];
  for (const name of ['mill', 'kiln']) {
    const { communicator } = network.add(name);
    communicator.on('LeaveNetwork', () => void told.push(name));
    communicator.on('Note', () => undefined);
    await communicator.start();
  }
  await leaving.communicator.start();
});

afterEach(async () => {
  await leaving.communicator.stop();
  vi.useRealTimers();
});

/** So many messages are lost that each way is left alone. */
async function openCircuits(kinds: readonly ('link' | 'relay')[]): Promise<void> {
  network.behave('leaving', 'mill', { isSilent: true }, kinds);
  for (let second = 0; second < 40; second++) {
    await leaving.communicator.send('mill', { type: 'Note' }, { priority: 'High' });
    await vi.advanceTimersByTimeAsync(1_000);
  }
  const states = leaving.transport.ways('mill').map(({ kind, circuit }) => `${kind} ${circuit}`);
  expect(states).toEqual(expect.arrayContaining(kinds.map((kind) => `${kind} open`)));
}

it('reaches peers also where the circuit of every way is open', async () => {
  await openCircuits(['link', 'relay']);
  network.behave('leaving', 'mill', { isSilent: false });
  const said = sayGoodbye(leaving.communicator, ['mill', 'kiln']);
  await vi.advanceTimersByTimeAsync(20);
  await said;
  expect(told.sort()).toEqual(['kiln', 'mill']);
});

it('goes by a way that works when the best does not', async () => {
  await openCircuits(['link']);
  const said = sayGoodbye(leaving.communicator, ['mill']);
  await vi.advanceTimersByTimeAsync(20);
  await said;
  expect(told).toEqual(['mill']);
});

it('waits a second at most for those who do not hear it, and not at all for those who cannot be told', async () => {
  network.behave('leaving', 'mill', { isSilent: true });
  let isOver = false;
  const said = sayGoodbye(leaving.communicator, ['mill', 'nobody']).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await said;
});
