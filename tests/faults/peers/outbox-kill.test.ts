/** kill -9 of a node that sends what must not be lost. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Accepted, DurableSenderOptions } from '../../helpers/durable-sender.ts';
import { startHub } from '../../helpers/hub-fixture.ts';
import { startMember } from '../../helpers/member-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const sender = join(import.meta.dirname, '../../helpers/durable-sender.ts');
const rounds = 2;

test('messages that were accepted come once each, though their sender is killed and the receiver is away for a while', async () => {
  const hub = await startHub();
  const settings = { 'links.mode': 'off', 'federation.mode': 'external', 'federation.brokerUrl': hub.url };
  let receiver = await startMember('south', settings);
  const { folder: receiverFolder } = receiver;
  const folder = await temporaryFolder();
  const taken: number[] = [];
  const take = ({ node }: typeof receiver) => node.peers.communicator.on('Note', ({ number }) => void taken.push(number as number));
  take(receiver);
  const accepted: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round * 1_000_000;
    const options: DurableSenderOptions = { folder, brokerUrl: hub.url, to: receiver.node.nodeId, first };
    const child = fork(sender, [JSON.stringify(options)], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const closed = once(child, 'close');
    await new Promise<void>((resolve) => {
      child.on('message', ({ accepted: number }: Accepted) => {
        accepted.push(number);
        // A different moment each time.
        if (number - first >= 200 + round * 37) resolve();
      });
    });
    child.kill('SIGKILL');
    await closed;
    if (round === 0) {
      await receiver.stop();
      receiver = await startMember('south', settings, receiverFolder);
      take(receiver);
    }
  }
  const again = await startMember('north', settings, folder);
  await expect.poll(() => again.node.peers.communicator.totals().durable.messages, { interval: 50 }).toBe(0);
  const came = new Set(taken);
  expect(accepted.filter((number) => !came.has(number))).toEqual([]);
  expect(taken).toHaveLength(came.size);
});
