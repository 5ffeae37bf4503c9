/** A node in a process of its own that becomes a member of the cluster of a console under test. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataFolder } from './app.ts';
import { runCommand, startCommand, startHeadless } from './headless-node.ts';

export interface ClusterGuest {
  readonly name: string;
  readonly nodeId: string;
  /** Runs `signalbox` against it; resolves with what it wrote. @throws Error with its error output when it fails */
  run(...words: readonly string[]): Promise<string>;
  /** The same, when it is to fail: resolves with its error output. */
  runRefused(...words: readonly string[]): Promise<string>;
  /** Asks to join without a code, and takes the answer that comes. Resolves with the digits on its screen. */
  ask(address: string): Promise<{ readonly number: string; readonly joined: Promise<string> }>;
  /** Stops it from answering; `thaw` lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Starts it again with the same data. @param without what of the data was lost meanwhile, for example `broker` */
  restart(without?: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a node. The caller closes it. @param settings besides free ports */
export async function startGuest(name: string, settings: Readonly<Record<string, unknown>> = {}): Promise<ClusterGuest> {
  const values = { 'node.name': name, 'links.port': 0, ...settings };
  const dataFolder = await makeDataFolder({ 'config.json': JSON.stringify({ version: 1, values }) });
  let node = await startHeadless(dataFolder);
  const run = (words: readonly string[]) => runCommand([...words, '--data', dataFolder]);
  return {
    name,
    nodeId: node.nodeId,
    run: async (...words) => {
      const { code, stdout, stderr } = await run(words);
      if (code !== 0) throw new Error(`signalbox ${words.slice(0, 2).join(' ')} on ${name}: ${stderr}`);
      return stdout;
    },
    runRefused: async (...words) => {
      const { code, stderr } = await run(words);
      if (code === 0) throw new Error(`signalbox ${words.slice(0, 2).join(' ')} on ${name} was not refused.`);
      return stderr;
    },
    ask: async (address) => {
      const asking = startCommand(['cluster', 'ask', '--at', address, '--yes', '--json', '--data', dataFolder]);
      return { number: String((await asking.nextLine()).number), joined: asking.ended };
    },
    freeze: () => void node.child.kill('SIGSTOP'),
    thaw: () => void node.child.kill('SIGCONT'),
    kill: async () => {
      const exited = once(node.child, 'exit');
      node.child.kill('SIGKILL');
      await exited;
    },
    restart: async (without) => {
      if (without !== undefined) await rm(join(dataFolder, without), { recursive: true });
      node = await startHeadless(dataFolder);
    },
    close: async () => {
      // A test that failed may have left it frozen.
      node.child.kill('SIGCONT');
      if (node.child.exitCode === null && node.child.signalCode === null) await node.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
