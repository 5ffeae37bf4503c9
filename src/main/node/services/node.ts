import type { NodeStatus, nodeContract } from '../../../common/contract/node.ts';
import type { Config } from '../config/index.ts';
import type { Router } from '../router/index.ts';
import type { Handlers } from '../router/types.ts';
import type { Logger, Problems } from '../telemetry/index.ts';

export interface NodeServiceOptions {
  readonly nodeId: string;
  readonly version: string;
  readonly mode: NodeStatus['mode'];
  readonly dataFolder: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly capabilities: () => readonly string[];
  readonly listeners: () => NodeStatus['listeners'];
  readonly config: Config;
  readonly problems: Problems;
  readonly router: Router;
  readonly logger: Logger;
  /** Stops and starts the node; called after the caller has its answer. */
  readonly onRestart: (reason: string) => void;
}

/** The node's health in one word: that of its worst problem. */
export function stateOf(problems: Problems): NodeStatus['state'] {
  const list = problems.list();
  if (list.length === 0) return 'ok';
  return list.some(({ severity }) => severity === 'crit') ? 'crit' : 'warn';
}

/** Name, health and traffic of the node, and its restart. */
export function createNodeService(options: NodeServiceOptions): Handlers<keyof typeof nodeContract> {
  const { config, problems, router, logger } = options;
  const startedTick = performance.now();
  return {
    'node.status': () => ({
      nodeId: options.nodeId,
      name: config.get('node.name'),
      version: options.version,
      mode: options.mode,
      state: stateOf(problems),
      problems: problems.list(),
      startedAt: options.startedAt,
      uptimeMs: Math.round(performance.now() - startedTick),
      dataFolder: options.dataFolder,
      capabilities: [...options.capabilities()],
      listeners: options.listeners(),
      ...router.snapshot(),
      environment: config.get('node.environment'),
    }),
    'node.restart': ({ reason }, { principal }) => {
      logger.info('node.restartAsked', 'A restart of the node was asked for.', { user: principal.user, reason });
      // The answer goes out at the end of this turn, before anything stops.
      setImmediate(() => options.onRestart(reason ?? `asked for by ${principal.user}`));
      return { accepted: true };
    },
  };
}
