/** A script in another language, written from the wire format alone, survives the loss of the leader. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { startBrokers } from '../../helpers/broker-cluster.ts';

const script = join(import.meta.dirname, 'first-system-client.py');
const { error } = spawnSync('python3', ['--version']);
const count = 40;

function startClient(port: number | undefined): ChildProcessWithoutNullStreams {
  const client = spawn('python3', [script, `127.0.0.1:${port}`, String(count)]);
  onTestFinished(() => void client.kill());
  return client;
}

test.skipIf(error !== undefined)(
  'a Python script creates a queue, appends, reads, and goes on with the next leader (skipped without python3)',
  async () => {
    const { brokers } = await startBrokers(3);
    // Its seed is a replica: it finds the leader by itself.
    const client = startClient(brokers[2]?.address?.port);
    let complaints = '';
    client.stderr.on('data', (text: Buffer) => {
      complaints += text.toString();
    });
    const exited = once(client, 'exit');
    const lines = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
    const nextLine = async () => JSON.parse((await lines.next()).value ?? JSON.stringify({ complaints }));

    const half = await nextLine();
    const leader = brokers.find(({ brokerId }) => brokerId === half.leader);
    expect(half).toMatchObject({ event: 'half', read: count / 2, queue: expect.stringMatching(/^Q-[A-Z0-9]{10}$/) });
    await leader?.stop();
    client.stdin.write('\n');
    const done = await nextLine();
    expect(done).toMatchObject({ event: 'done', read: Array.from({ length: 2 * count }, (_, index) => index + 1) });
    expect(done.leader).not.toBe(half.leader);
    expect(await exited).toEqual([0, null]);
    expect(complaints).toBe('');
  },
);
