/** Programs that a bench starts beside ours: found, asked for their version, started, ended. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
