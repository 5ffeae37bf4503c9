import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real Mosquitto in a process of its own. */
export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Kills it; its port stays reserved for {@link start}. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

/**
 * Starts Mosquitto on a free port; stopped when the test ends.
 *
 * @param lines further lines of its configuration
 * @param addresses further addresses of this machine to listen on, on the same port
 */
export async function startMosquitto(lines: readonly string[] = [], addresses: readonly string[] = []): Promise<Mosquitto> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    [
      ...['127.0.0.1', ...addresses].map((address) => `listener ${port} ${address}`),
      // As root it would become another user, who cannot read the files of a test.
      `user ${userInfo().username}`,
      'allow_anonymous true',
      'set_tcp_nodelay true',
      'max_queued_messages 100000',
      'log_dest stderr',
      'log_type all',
      ...lines,
    ].join('\n'),
  );
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn('/usr/sbin/mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const running = child;
    await new Promise<void>((resolve, reject) => {
      let text = '';
      running.once('error', reject);
      running.once('exit', () => reject(new Error(`mosquitto ended: ${text}`)));
      running.stderr?.on('data', (chunk: Buffer) => {
        text = (text + chunk.toString()).slice(-4_096);
        if (/mosquitto version .* running/.test(text)) resolve();
      });
    });
  };
  const kill = async () => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill('SIGKILL');
    await gone;
  };
  await start();
  onTestFinished(kill);
  return { port, url: `mqtt://127.0.0.1:${port}`, kill, start };
}

/** One of the command-line tools of Mosquitto, as a person would use it. */
export function mosquittoSub(
  broker: { readonly port: number },
  topic: string,
): { readonly lines: AsyncIterator<{ topic: string; payload: string }>; readonly ready: Promise<void> } {
  // Into a pipe it would write by the block.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', '-d', '-p', String(broker.port), '-t', topic, '-F', 'MESSAGE %t %p']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const waiting: ((line: { topic: string; payload: string }) => void)[] = [];
  const received: { topic: string; payload: string }[] = [];
  let text = '';
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (line.includes('Subscribed')) isReady();
      const match = /^MESSAGE (\S+) (.*)$/.exec(line);
      if (match === null) continue;
      const message = { topic: match[1] ?? '', payload: match[2] ?? '' };
      const waiter = waiting.shift();
      if (waiter === undefined) received.push(message);
      else waiter(message);
    }
  });
  return {
    ready,
    lines: {
      next: () => {
        const first = received.shift();
        if (first !== undefined) return Promise.resolve({ done: false, value: first });
        return new Promise((resolve) => waiting.push((value) => resolve({ done: false, value })));
      },
    },
  };
}

/** Publishes with `mosquitto_pub`; resolves when it has ended. */
export function mosquittoPub(
  broker: { readonly port: number },
  topic: string,
  payload: string,
  flags: readonly string[] = [],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mosquitto_pub', ['-p', String(broker.port), '-t', topic, '-m', payload, ...flags], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`mosquitto_pub ended with ${code}`))));
  });
}
