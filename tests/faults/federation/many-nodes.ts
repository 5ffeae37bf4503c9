import { startFaultProxy } from '../../helpers/fault-proxy.ts';
import {
  everybodySees,
  type FederatedRouter,
  type FederatedRouterOptions,
  startFederatedRouter,
  untilReachability,
} from '../../helpers/federated-router.ts';
import { startHub } from '../../helpers/hub-fixture.ts';

/** Nodes of one process on one hub; some of them can be lost as if they were killed. */
export interface ManyNodes {
  readonly lasting: readonly FederatedRouter[];
  /** Those that {@link kill} takes. */
  readonly mortal: readonly FederatedRouter[];
  /** Takes the mortal nodes away without a good-bye; resolves when everybody else shows them off line. */
  kill(): Promise<void>;
  /** Starts them again with their data folders; resolves when everybody sees everybody. */
  revive(): Promise<readonly FederatedRouter[]>;
}

/** Starts nodes that all see each other; stopped when the test ends. */
export async function startManyNodes(counts: { readonly lasting: number; readonly mortal: number }): Promise<ManyNodes> {
  const hub = await startHub();
  const proxy = await startFaultProxy(hub.port);
  const start = (options: Omit<FederatedRouterOptions, 'handlers'>) =>
    startFederatedRouter({ ...options, handlers: () => ({ 'config.get': () => ({ values: { name: options.name } }) }) });
  const several = (count: number, kind: string, url: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => start({ name: `${kind}-${index}`, url, capabilities: ['many'] })));
  const [lasting, mortal] = await Promise.all([several(counts.lasting, 'lasting', hub.url), several(counts.mortal, 'mortal', proxy.url)]);
  await everybodySees([...lasting, ...mortal]);
  return {
    lasting,
    mortal,
    kill: async () => {
      // Their connections are reset first, so that the stop below has nobody left to tell.
      proxy.refuse();
      await Promise.all(mortal.flatMap(({ nodeId }) => lasting.map((watcher) => untilReachability(watcher, nodeId, 'offline'))));
      await Promise.all(mortal.map(({ stop }) => stop()));
    },
    revive: async () => {
      const revived = await Promise.all(
        mortal.map(({ name, nodeId, folder }) => start({ name, nodeId, folder, url: hub.url, capabilities: ['many'] })),
      );
      await everybodySees([...lasting, ...revived]);
      return revived;
    },
  };
}
