/** Nodes in processes of their own that send each other durable messages, and are killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import { letJoin, startMember } from './member-node.ts';
import type { PeerOrder, PeerProcessOptions, PeerReport } from './peer-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface PeerProcess {
  readonly options: PeerProcessOptions;
  readonly nodeId: string;
  /** Numbers of which the node said that they are on its disk, over all its starts. */
  readonly stored: readonly number[];
  /** Why it did not take over what it was to send. */
  readonly failures: readonly string[];
  send(to: PeerProcess, numbers: readonly number[]): void;
  /** Ends it as a power cut does, and starts it again. */
  killAndStart(): Promise<void>;
  /** Numbers that had their effect here, in order, each as often as it had it. */
  effects(): readonly number[];
}

/** Two nodes of one cluster, each running in a process of its own; killed when the test ends. */
export async function startPeerProcesses(): Promise<readonly [PeerProcess, PeerProcess]> {
  const optionsOf = async (name: string) => ({ name, folder: await temporaryFolder(), port: await freePort() });
  const [first, second] = await Promise.all([optionsOf('ada'), optionsOf('bo')]);
  const [host, guest] = await Promise.all(
    [first, second].map(({ name, folder, port }) => startMember(name, { 'links.port': port }, folder)),
  );
  if (host === undefined || guest === undefined) throw new Error('Both nodes are needed.');
  await host.client.call('membership.create', { name: 'North yard' });
  await letJoin(host, guest);
  await Promise.all([host.stop(), guest.stop()]);
  return Promise.all([startPeerProcess(first), startPeerProcess(second)]);
}

async function startPeerProcess(options: PeerProcessOptions): Promise<PeerProcess> {
  const stored: number[] = [];
  const failures: string[] = [];
  let running = await start(options, stored, failures);
  onTestFinished(async () => {
    running.child.kill('SIGKILL');
    await running.gone;
  });
  return {
    options,
    nodeId: running.nodeId,
    stored,
    failures,
    send: (to, numbers) => void running.child.send({ to: to.nodeId, numbers } satisfies PeerOrder),
    killAndStart: async () => {
      running.child.kill('SIGKILL');
      await running.gone;
      running = await start(options, stored, failures);
    },
    effects: () => {
      const database = new Database(join(options.folder, 'node.db'), { readonly: true });
      try {
        return database.prepare('SELECT number FROM test_effects ORDER BY number').pluck().all() as number[];
      } finally {
        database.close();
      }
    },
  };
}

async function start(options: PeerProcessOptions, stored: number[], failures: string[]) {
  const script = join(import.meta.dirname, 'peer-process.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const nodeId = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`The node ${options.name} ended before it was ready.`)));
    child.on('message', (report: PeerReport) => {
      if ('ready' in report) resolve(report.ready);
      else if ('stored' in report) stored.push(report.stored);
      else failures.push(report.failed);
    });
  });
  return { child, gone, nodeId };
}
