import type { Router } from '../router/index.ts';
import type { Startable } from '../startable.ts';
import type { TunnelsPart } from '../tunnel/agent/tunnels-part.ts';

/** The topic that carries the request lines of a tunnel live. */
export function tunnelTopic(agentId: string): string {
  return `/tunnels/${agentId}`;
}

/** Sends request lines of tunnels to those who listen to `/tunnels/{agent}`; while nobody does, none leave the thread of the tunnels. */
export function createTunnelsFeed(tunnels: TunnelsPart, router: Pick<Router, 'onDemand' | 'publish'>): Startable {
  const wanted = new Set<string>();
  const watches = new Map<string, () => void>();
  const stops: (() => void)[] = [];
  const watchAll = () => {
    const agentIds = new Set(tunnels.list().map(({ definition }) => definition.agentId));
    for (const [agentId, stop] of watches) {
      if (agentIds.has(agentId)) continue;
      stop();
      watches.delete(agentId);
      wanted.delete(agentId);
    }
    for (const agentId of agentIds) {
      if (watches.has(agentId)) continue;
      const demand = (isWanted: boolean) => {
        if (isWanted) wanted.add(agentId);
        else wanted.delete(agentId);
        tunnels.listen([...wanted]);
      };
      watches.set(agentId, router.onDemand(tunnelTopic(agentId), demand));
    }
  };
  return {
    start: () => {
      stops.push(
        tunnels.onChange(watchAll),
        tunnels.onLines((lines) => {
          for (const line of lines) router.publish(tunnelTopic(line.agentId), line);
        }),
      );
      watchAll();
      return Promise.resolve();
    },
    stop: () => {
      for (const stop of [...stops.splice(0), ...watches.values()]) stop();
      watches.clear();
      return Promise.resolve();
    },
  };
}
