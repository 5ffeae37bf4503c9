/** Commands of tunnels in processes of their own, and requests to what they expose. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { entry } from './headless-node.ts';

/** A command that runs until it is told to end. */
export interface ForegroundCommand {
  /** The next line of standard output. @throws Error with standard error when there is none */
  nextLine(): Promise<string>;
  /** The next line, read as JSON, that says this event; others are passed over. */
  nextEvent(event: string): Promise<Record<string, unknown>>;
  interrupt(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts a command. @param env besides this process's own */
export function startForeground(args: readonly string[], env: Readonly<Record<string, string>> = {}): ForegroundCommand {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = (once(child, 'close') as Promise<[number | null]>).then(([code]) => ({ code, stderr }));
  const nextLine = async () => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`The command ended: ${stderr}`);
    return line.value;
  };
  return {
    nextLine,
    nextEvent: async (event) => {
      for (;;) {
        const value = JSON.parse(await nextLine()) as Record<string, unknown>;
        if (value.event === event) return value;
      }
    },
    interrupt: () => child.kill('SIGINT'),
    ended,
  };
}

export interface GatewayProcess {
  readonly agentsUrl: string;
  readonly publicPort: number;
  /** Arguments that send a command to its node. */
  readonly at: readonly string[];
  stop(): Promise<number | null>;
}

/** Runs `signalbox gateway` on free ports of this machine, with a data folder that goes with it. @param args besides */
export async function startGatewayProcess(args: readonly string[] = []): Promise<GatewayProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  const ports = ['--agents', '127.0.0.1:0', '--public', '127.0.0.1:0', '--port', '0'];
  const command = startForeground([
    'gateway',
    '--json',
    '--data',
    dataFolder,
    '--no-console',
    ...ports,
    '--set',
    'links.discovery=off',
    ...args,
  ]);
  await command.nextEvent('started');
  const { agentsUrl, public: clients } = await command.nextEvent('gateway');
  return {
    agentsUrl: String(agentsUrl),
    publicPort: (clients as { readonly port: number }).port,
    at: ['--data', dataFolder],
    stop: async () => {
      command.interrupt();
      const { code } = await command.ended;
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
      return code;
    },
  };
}

/** Asks the gateway for what a tunnel exposes. The names below localhost are this machine. */
export function askThrough(
  url: string,
  options: { readonly method?: string; readonly path?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const { host, port } = new URL(url);
  const { method = 'GET', path = '/', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers: { Host: host, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
