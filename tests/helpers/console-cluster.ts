/** A console whose node is one of several: the others are processes of their own, joined by the embedded hub of the first. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { makeDataFolder } from './app.ts';
import { type ConsoleUnderTest, openBrowser, openWindow } from './console.ts';
import { freePort } from './free-port.ts';
import { type HeadlessNode, startHeadless } from './headless-node.ts';

/** Another node of the cluster. */
export interface ClusterNode {
  readonly name: string;
  readonly nodeId: string;
  /** Ends it without a word. */
  kill(): Promise<void>;
  /** Stops it from answering; the returned function lets it go on. */
  freeze(): () => void;
  /** Starts it again with the same data and address. */
  start(): Promise<void>;
}

export interface ClusterConsole<C extends ConsoleUnderTest> {
  readonly console: C;
  /** `hub-01`, which runs the broker, then `press-07`, `kiln-02`, … */
  readonly others: readonly ClusterNode[];
  close(): Promise<void>;
}

export interface ClusterOptions {
  /** Nodes beside the console's own. Default 2. */
  readonly others?: number;
  /** The most that callers on other nodes may do on each. Default admin: the nodes are all of one person. */
  readonly unsignedRole?: 'viewer' | 'operator' | 'admin';
}

const sites = [
  { name: 'hub-01', capabilities: ['broker'] },
  { name: 'press-07', capabilities: ['press', 'edge'] },
  { name: 'kiln-02', capabilities: ['kiln', 'edge'] },
];

/** The window of the application, among other nodes. The window's own node is `eng-laptop`. */
export const openWindowInCluster = (options: ClusterOptions = {}) => openInCluster(openWindow, options);

/** The same in a browser. */
export const openBrowserInCluster = (options: ClusterOptions = {}) => openInCluster(openBrowser, options);

async function openInCluster<C extends ConsoleUnderTest>(
  open: (files: Readonly<Record<string, string>>) => Promise<C>,
  { others: count = 2, unsignedRole = 'admin' }: ClusterOptions,
): Promise<ClusterConsole<C>> {
  const port = await freePort();
  const joins = {
    'federation.mode': 'external',
    'federation.brokerUrl': `mqtt://127.0.0.1:${port}`,
    'federation.unsignedRole': unsignedRole,
  };
  const startSite = (index: number) => {
    const { name, capabilities } = sites[index] ?? { name: `node-${String(index + 1).padStart(2, '0')}`, capabilities: ['edge'] };
    const role = index === 0 ? { ...joins, 'federation.mode': 'hub', 'federation.port': port } : joins;
    return startNode(settings({ ...role, 'node.name': name, 'node.capabilities': capabilities }));
  };
  // The broker first: who finds none waits before it tries again. Then all at once.
  const hub = await startSite(0);
  const [opened, ...rest] = await Promise.all([
    open(settings({ ...joins, 'node.name': 'eng-laptop' })),
    ...Array.from({ length: count - 1 }, (_, index) => startSite(index + 1)),
  ]);
  const others = [hub, ...rest];
  return {
    console: opened,
    others,
    close: async () => {
      await opened.close();
      // The broker's node last, so that the others can say good-bye.
      for (const node of others.toReversed()) await node.end();
    },
  };
}

function settings(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return { 'config.json': JSON.stringify({ version: 1, values }) };
}

interface StartedNode extends ClusterNode {
  end(): Promise<void>;
}

async function startNode(files: Readonly<Record<string, string>>): Promise<StartedNode> {
  const dataFolder = await makeDataFolder(files);
  const args = ['--port', String(await freePort())];
  let node: HeadlessNode = await startHeadless(dataFolder, args);
  const { name, nodeId } = node;
  const running = () => node.child.exitCode === null && node.child.signalCode === null;
  return {
    name,
    nodeId,
    kill: async () => {
      const exited = once(node.child, 'exit');
      node.child.kill('SIGKILL');
      await exited;
    },
    freeze: () => {
      node.child.kill('SIGSTOP');
      return () => void node.child.kill('SIGCONT');
    },
    start: async () => {
      node = await startHeadless(dataFolder, args);
    },
    end: async () => {
      // A test that failed may have left it frozen.
      node.child.kill('SIGCONT');
      if (running()) await node.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
