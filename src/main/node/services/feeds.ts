import { Feeds } from '../router/feeds.ts';
import type { Handlers, Router } from '../router/index.ts';

type Methods = 'feeds.open' | 'feeds.update' | 'feeds.ack' | 'feeds.read' | 'feeds.close';

/** Batched views of topics for screens (ui.md 3.4). */
export function createFeedsService(deps: { readonly router: Router; readonly nowMs?: () => number }): Handlers<Methods> {
  const feeds = new Feeds(deps.router, deps.nowMs ?? Date.now);
  return {
    'feeds.open': (params, { clientId, principal }) => feeds.open(clientId, principal, params),
    'feeds.update': async ({ feedId, topics, mode }, { clientId, principal }) => {
      const waiting = await feeds.update(clientId, principal, feedId, { topics, mode });
      return { feedId, waiting };
    },
    'feeds.ack': ({ feedId, batch }, { clientId }) => {
      feeds.acknowledge(clientId, feedId, batch);
      return { ok: true };
    },
    'feeds.read': ({ feedId, fromId, limit }, { clientId }) => feeds.read(clientId, feedId, fromId, limit),
    'feeds.close': ({ feedId }, { clientId }) => {
      feeds.close(clientId, feedId);
      return { closed: true };
    },
  };
}
