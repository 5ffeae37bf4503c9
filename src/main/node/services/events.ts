import { SignalboxError } from '../../../common/errors.ts';
import type { Handlers, Router } from '../router/index.ts';

/** First levels that only the node itself publishes on. */
const ownTopics: ReadonlySet<string> = new Set([
  'stats',
  'metrics',
  'logging',
  'notifications',
  'cluster',
  'queues',
  'tunnels',
  'ledger',
  'ping',
  'feeds',
]);

type Methods = 'subscribe_channel' | 'unsubscribe_channel' | 'events.topics' | 'events.publish';

/** Topics: who hears them, which there are, what a client says on them. */
export function createEventsService(deps: { readonly router: Router }): Handlers<Methods> {
  const { router } = deps;
  return {
    subscribe_channel: async ({ topic }, { clientId, principal }) => {
      await router.subscribeClient(clientId, topic, principal);
      return { topic, subscribed: true };
    },
    unsubscribe_channel: ({ topic }, { clientId }) => {
      router.unsubscribeClient(clientId, topic);
      return { topic, subscribed: false };
    },
    'events.topics': ({ limit }) => ({ ...router.topics(limit), totals: router.snapshot().events }),
    'events.publish': ({ topic, name, data }) => {
      const [, first = ''] = topic.split('/');
      if (ownTopics.has(first)) {
        throw new SignalboxError('FORBIDDEN', `Only the node itself publishes below /${first}. Choose another topic.`, { executed: 'no' });
      }
      const size = JSON.stringify(data)?.length ?? 0;
      if (size > router.limits.publishBytes) {
        const message = `The event is ${size} bytes; at most ${router.limits.publishBytes} may be published.`;
        throw new SignalboxError('TOO_LARGE', message, { executed: 'no' });
      }
      const status = name === 'error_generated' ? 'error' : 'data';
      const { event, subscribers } = router.publishCounted(topic, data ?? null, { name, status });
      return { topic, seq: event.meta.seq, subscribers };
    },
  };
}
