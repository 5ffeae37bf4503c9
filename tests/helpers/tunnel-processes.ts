/** A gateway and agents in processes of their own, so that they can be killed and their memory measured. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TunnelKind } from '../../src/common/contract/tunnels.ts';
import type { AgentStatus, PublicPlace } from '../../src/main/node/tunnel/agent/index.ts';
import type { AgentToken } from '../../src/main/node/tunnel/gateway/tokens.ts';
import type { FrontTotals } from '../../src/main/node/tunnel/gateway/types.ts';
import type { LinkTiming } from '../../src/main/node/tunnel/link/index.ts';

export interface GatewayProcessOptions {
  /** 0: any free one. */
  readonly agentsPort: number;
  readonly publicPort: number;
  readonly tokens: readonly AgentToken[];
  readonly graceMs: number;
  readonly linkTiming: Partial<LinkTiming>;
}

/** What a gateway says of itself, after its garbage was collected where the process lets it. */
export interface GatewayFigures {
  readonly sessions: number;
  readonly links: number;
  /** Sign-ins that succeeded since the start. */
  readonly signedIn: number;
  readonly signIns: { readonly failed: number; readonly held: number; readonly turnedAway: number; readonly pending: number };
  /** Sign-ins that are remembered. */
  readonly nonces: number;
  readonly totals: FrontTotals;
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Sockets, timers and the like that are open. */
  readonly resources: number;
  /** Open file descriptors; 0 where the system does not list them. */
  readonly descriptors: number;
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly agentsPort: number;
  readonly publicPort: number;
  /** Where agents sign in, without TLS. */
  readonly agentsUrl: string;
  figures(): Promise<GatewayFigures>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself. */
  stop(): Promise<void>;
}

export interface AgentProcessOptions {
  readonly url: string;
  readonly tokenId: string;
  readonly secret: string;
  /** One tunnel for each name. */
  readonly agentIds: readonly string[];
  readonly kind: TunnelKind;
  /** `host:port` */
  readonly target: string;
  readonly links: number;
  /** Speaks as the first system's agents do. */
  readonly legacy: boolean;
  readonly linkTiming?: Partial<LinkTiming>;
  /** Program to run it with, for example in another network. */
  readonly through?: readonly string[];
  /** File of a certificate to be trusted besides the known authorities. */
  readonly authority?: string;
}

export interface AgentProcess {
  readonly child: ChildProcess;
  /** Resolves when all its tunnels are up for the first time, with what the gateway says of each. */
  up(): Promise<readonly (PublicPlace | undefined)[]>;
  rssBytes(): Promise<number>;
  statuses(): Promise<readonly AgentStatus[]>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets running requests end, signs out and ends. */
  stop(): Promise<void>;
}

/** A token that lets any agent in, and its secret. */
export const testToken: AgentToken & { readonly secret: string } = {
  tokenId: 'press-token',
  agentIds: ['*'],
  kinds: ['http', 'tcp', 'tls'],
  legacy: true,
  duplicates: 'replace',
  secret: 'bWluZSBhbmQgeW91cnMgYW5kIG5vYm9keSBlbHNlJ3M',
  secrets: [{ version: 1, secret: 'bWluZSBhbmQgeW91cnMgYW5kIG5vYm9keSBlbHNlJ3M', untilMs: null }],
};

/** Starts a gateway on loopback; killed with the test when it is still there. */
export async function startGatewayProcess(options: Partial<GatewayProcessOptions> = {}): Promise<GatewayProcess> {
  const whole: GatewayProcessOptions = {
    agentsPort: 0,
    publicPort: 0,
    tokens: [testToken],
    graceMs: 10_000,
    linkTiming: {},
    ...options,
  };
  const child = forkTogether('tunnel-gateway-process.ts', whole);
  const { agentsPort, publicPort } = (await nextMessage(child)) as { readonly agentsPort: number; readonly publicPort: number };
  return {
    child,
    agentsPort,
    publicPort,
    agentsUrl: `ws://127.0.0.1:${agentsPort}/tunnel`,
    figures: async () => {
      child.send('figures');
      return ((await nextMessage(child)) as { readonly figures: GatewayFigures }).figures;
    },
    ...ends(child),
  };
}

/** Starts an agent that signs in at once; killed with the test when it is still there. */
export function startAgentProcess(options: AgentProcessOptions): AgentProcess {
  const child = forkTogether('tunnel-agent-process.ts', options, options);
  const ups = nextMessage(child);
  ups.catch(() => undefined);
  return {
    child,
    up: async () => ((await ups) as { readonly places: readonly (PublicPlace | undefined)[] }).places,
    statuses: async () => {
      child.send('statuses');
      return ((await nextMessage(child)) as { readonly statuses: readonly AgentStatus[] }).statuses;
    },
    rssBytes: async () => {
      child.send('rss');
      return ((await nextMessage(child)) as { readonly rssBytes: number }).rssBytes;
    },
    ...ends(child),
  };
}

function forkTogether(script: string, options: unknown, { authority, through = [] }: Partial<AgentProcessOptions> = {}): ChildProcess {
  const [execPath = process.execPath, ...execArgv] = [...through, process.execPath, '--expose-gc'];
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
    execPath,
    execArgv,
    env: { ...process.env, ...(authority !== undefined && { NODE_EXTRA_CA_CERTS: authority }) },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', got);
      child.off('exit', ended);
    };
    const got = (message: unknown) => {
      settle();
      resolve(message);
    };
    const ended = (code: number | null, signal: string | null) => {
      settle();
      reject(new Error(`The process ended with ${signal ?? code}.`));
    };
    child.on('message', got);
    child.on('exit', ended);
  });
}

function ends(child: ChildProcess): Pick<GatewayProcess, 'kill' | 'stop'> {
  const exited = once(child, 'exit');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      if (child.connected) child.send('stop');
      await exited;
    },
  };
}
