/** What the bench of queues measures: brokers of three replicas each, started for it on this machine, and one client of each. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** As queue.md 4 measures: 256 bytes a message. */
export const messageSizeBytes = 256;
export const replicas = 3;

/** One connection to the replica that takes writes. */
export interface QueueConnection {
  /** Appends one message; resolves when it is acknowledged. */
  append(): Promise<unknown>;
  /** Appends that many, then takes them with acknowledgement. @returns messages a second of the taking alone */
  consume(count: number): Promise<number>;
  close(): Promise<void>;
}

/** A broker with its replicas, each in processes and folders of its own. */
export interface QueueSystem {
  /** With its version. */
  readonly name: string;
  /** What holds a message when it has been acknowledged. */
  readonly durability: string;
  connect(): Promise<QueueConnection>;
  stop(): Promise<void>;
}

/** Starts a system in a folder. @throws NotAvailable */
export type StartSystem = (folder: string) => Promise<QueueSystem>;

/** A peer that this machine does not have: the bench goes on without it and says why. */
export class NotAvailable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NotAvailable';
  }
}

/** Where a program is. Debian keeps servers where an ordinary PATH does not look. @throws NotAvailable */
export async function programPath(program: string, folders: readonly string[] = []): Promise<string> {
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(':'), '/usr/sbin']) {
    const path = join(folder, program);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new NotAvailable(`${program} is not installed`);
}

/** What a program says of itself when asked for its version: the first number with dots. */
export async function versionOf(path: string, flag: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, [flag]);
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? 'of unknown version';
}

/**
 * Starts a server; resolves when a line of its output matches.
 *
 * @throws Error with the end of its output when it ends before
 */
export async function spawnServer(
  path: string,
  args: readonly string[],
  { ready, environment = {}, folder }: { readonly ready: RegExp; readonly environment?: NodeJS.ProcessEnv; readonly folder: string },
): Promise<ChildProcess> {
  const child = spawn(path, args, { cwd: folder, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-8_192);
      if (ready.test(text)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${path} ended with ${code ?? signal}: ${text}`)));
  });
  return child;
}

/** Ends processes and waits until they are gone. */
export async function endAll(children: readonly ChildProcess[], signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }),
  );
}

/** Runs a consumer until it has had that many. @returns messages a second */
export async function timeTaking(count: number, take: () => Promise<void>): Promise<number> {
  const fromMs = performance.now();
  await take();
  return (count * 1_000) / (performance.now() - fromMs);
}

/** Appends that many with 1,000 in flight. */
export async function fill(connection: Pick<QueueConnection, 'append'>, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await connection.append();
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
}
