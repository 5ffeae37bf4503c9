import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sha256 } from './accounts.ts';

/** The program: the sources, or what was built of them where the tests run a build. */
export const entry = process.env.SIGNALBOX_ENTRY ?? join(import.meta.dirname, '../../src/main/cli/index.ts');

/** What `signalbox start --json` says when it is up. */
export interface Started {
  readonly event: 'started';
  readonly nodeId: string;
  readonly name: string;
  readonly url: string;
  /** Of the certificate, when the node listens with TLS. */
  readonly fingerprint: string | null;
  readonly setupUrl: string | null;
}

/** A node in a process of its own, as `signalbox start` runs it. */
export interface HeadlessNode extends Started {
  readonly dataFolder: string;
  readonly child: ChildProcess;
  /** The next line of standard output, read as JSON. */
  nextLine(): Promise<Record<string, unknown>>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts a node. The caller stops it. @param through program to run it with, for example in another network */
export async function startHeadless(
  dataFolder: string,
  args: readonly string[] = [],
  through: readonly string[] = [],
): Promise<HeadlessNode> {
  // Tests look for nodes on networks of their own alone, never on that of the machine.
  const quiet = through.length === 0 ? ['--set', 'links.discovery=off'] : [];
  const common = ['start', '--json', '--data', dataFolder, '--port', '0', ...quiet];
  const [program, ...words] = [...through, process.execPath, entry, ...common, ...args];
  const child = spawn(program as string, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += String(data);
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`The node ended: ${errors}`);
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  const started = (await nextLine()) as unknown as Started;
  return {
    ...started,
    dataFolder,
    child,
    nextLine,
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
  };
}

/** Runs one command to its end. */
export async function runCommand(
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly through?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** All of standard output so far, each time there is more. */
    readonly onOutput?: (stdout: string) => void;
  } = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const [program, ...words] = [...(options.through ?? []), process.execPath, entry, ...args];
  const child = spawn(program as string, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += String(data);
    options.onOutput?.(stdout);
  });
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  child.stdin.end(options.input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** A command whose lines are read while it runs. */
export interface RunningCommand {
  /** The next line of standard output, read as JSON. */
  nextLine(): Promise<Record<string, unknown>>;
  /** What it wrote to standard error. @throws Error with it when the command fails */
  readonly ended: Promise<string>;
}

/** Starts a command that takes part in something and ends by itself. */
export function startCommand(args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => {
    if (code !== 0) throw new Error(stderr);
    return stderr;
  });
  return {
    ended,
    nextLine: async () => {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The command ended: ${stderr}`);
      return JSON.parse(line.value) as Record<string, unknown>;
    },
  };
}

/** Uses the set-up link up: an administrator with that password, and their access token. */
export async function setUpAdmin(node: Started, username: string, password: string): Promise<string> {
  const token = new URL(node.setupUrl ?? '').hash.replace('#token=', '');
  return postForToken(`${node.url}/setup`, { token, username, passwordSha256: sha256(password) });
}

/** Signs in with a form; returns the access token. */
export function signIn(url: string, username: string, password: string): Promise<string> {
  return postForToken(`${url}/authorize`, { username, password: sha256(password) });
}

async function postForToken(url: string, fields: Record<string, string>): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  const answer = (await response.json()) as { readonly data?: { readonly access: { readonly token: string } }; readonly message?: string };
  if (answer.data === undefined) throw new Error(`${response.status}: ${answer.message}`);
  return answer.data.access.token;
}
