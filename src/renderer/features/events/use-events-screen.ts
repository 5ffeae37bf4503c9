import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { SignalboxError } from '../../../common/errors.ts';
import { goTo, useRoute } from '../../app/routes.ts';
import { feed } from '../../state/feed-store.ts';
import { nodeClient, useNode } from '../../state/node.ts';
import { addSubscription } from './acts.ts';
import { initialEventsState, useEvents } from './events-state.ts';
import { compileFilter } from './model/filter.ts';
import { loadView } from './saved-view.ts';

/** Re-renders once a batch; rows and counts are then read from the feed. */
export function useFeedVersion(): number {
  return useSyncExternalStore(feed.subscribe, feed.version);
}

/** Joins the screen to the feed for as long as it is open. @returns why the person's list could not be read, and how to try again */
export function useEventsScreen(): { readonly failure: SignalboxError | undefined; readonly retry: () => void } {
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const [failure, setFailure] = useState<SignalboxError>();
  const load = useCallback(() => {
    const client = nodeClient();
    if (feed.attach(client)) {
      useEvents.setState(initialEventsState);
      feed.setFilter(undefined);
      feed.setPaused(false);
    }
    if (useEvents.getState().loaded || client.state.kind !== 'connected') return;
    setFailure(undefined);
    loadView(client).then(
      ({ subscriptions, charts }) => {
        if (nodeClient() !== client || useEvents.getState().loaded) return;
        useEvents.setState({ loaded: true, subscriptions, charts });
        feed.setSubscriptions(subscriptions);
      },
      (error: unknown) => setFailure(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error))),
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection is the moment to read what the last one could not
  useEffect(load, [load, connected]);
  useEffect(() => {
    feed.setFilter(compileFilter(useEvents.getState().filterText));
    const follow = () => feed.setShown(document.visibilityState === 'visible');
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      feed.setShown(false);
    };
  }, []);
  useTopicOfAddress();
  return { failure, retry: load };
}

/** `#/events?topic=/stats` adds a subscription, once the person's own list is there. */
function useTopicOfAddress(): void {
  const { query } = useRoute();
  const topic = query.get('topic');
  const loaded = useEvents((state) => state.loaded);
  useEffect(() => {
    if (topic === null || !loaded) return;
    addSubscription(topic);
    goTo('events');
  }, [topic, loaded]);
}
