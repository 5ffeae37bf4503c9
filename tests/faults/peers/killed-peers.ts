import { expect } from 'vitest';
import { startPeerProcesses } from '../../helpers/peer-processes.ts';
import { numbersFrom } from '../../helpers/proxied-members.ts';

const waiting = { timeout: 120_000, interval: 25 };

/**
 * Two processes, one sending durable messages to the other; each is killed in the middle again and again (security.md row 38). Whatever the
 * sender had said to be on its disk has its effect, and nothing has it twice.
 *
 * @param rounds in each of which receiver and sender are killed once
 * @param perRound messages
 */
export async function killPeers(rounds: number, perRound: number): Promise<void> {
  const [sender, receiver] = await startPeerProcesses();
  let next = 0;
  const sendMore = () => {
    sender.send(receiver, numbersFrom(next, perRound));
    next += perRound;
  };
  const untilStored = async (more: number) => {
    const enough = sender.stored.length + more;
    await expect.poll(() => sender.failures[0] ?? sender.stored.length >= enough, waiting).toBe(true);
  };
  for (let round = 0; round < rounds; round++) {
    sendMore();
    await untilStored(perRound / 4);
    await receiver.killAndStart();
    await untilStored(0);
    sendMore();
    await untilStored(perRound / 4);
    await sender.killAndStart();
  }
  sendMore();
  await untilStored(perRound);
  const lacking = () => {
    const effects = new Set(receiver.effects());
    return sender.stored.filter((number) => !effects.has(number));
  };
  await expect.poll(lacking, waiting).toEqual([]);
  const effects = receiver.effects();
  expect(effects.length).toBe(new Set(effects).size);
}
