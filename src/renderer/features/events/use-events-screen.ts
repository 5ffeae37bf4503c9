import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { SignalboxError } from '../../../common/errors.ts';
import { goTo, routeNow, useRoute } from '../../app/routes.ts';
import { useCluster } from '../../state/cluster.ts';
import { feed } from '../../state/feed-store.ts';
import { nodeClient, useNode } from '../../state/node.ts';
import { useScope } from '../../state/scope.ts';
import { filterNow, openTopic, showSubscriptions } from './acts.ts';
import { initialEventsState, useEvents } from './events-state.ts';
import { branchKey } from './model/cluster-topics.ts';
import { firstSubscriptions, loadView } from './saved-view.ts';

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
      (view) => {
        if (nodeClient() !== client || useEvents.getState().loaded) return;
        useEvents.setState({ loaded: true, untouched: view === undefined, charts: view?.charts ?? {} });
        showSubscriptions(view?.subscriptions ?? firstSubscriptions(useScope.getState().scope));
      },
      (error: unknown) => setFailure(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error))),
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection is the moment to read what the last one could not
  useEffect(load, [load, connected]);
  useEffect(() => {
    const follow = () => feed.setShown(document.visibilityState === 'visible');
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      feed.setShown(false);
    };
  }, []);
  useInstance();
  useReturningNodes();
  useTopicOfAddress();
  return { failure, retry: load };
}

/** Follows the instance that is looked at: its branch opens, and a list that the person has not chosen becomes its own. */
function useInstance(): void {
  const scope = useScope((state) => state.scope);
  const loaded = useEvents((state) => state.loaded);
  const shown = useRef(scope);
  useEffect(() => {
    if (!loaded || shown.current === scope) return;
    shown.current = scope;
    const { untouched, expanded } = useEvents.getState();
    if (scope.kind === 'node') useEvents.setState({ expanded: new Set([...expanded, branchKey({ nodeId: scope.nodeId, self: false })]) });
    if (untouched) showSubscriptions(firstSubscriptions(scope));
  }, [scope, loaded]);
}

/** Tries subscriptions that deliver nothing as soon as a node has come, and reads the filter anew when nodes have other names. */
function useReturningNodes(): void {
  const nodes = useCluster((state) => state.nodes);
  const online = nodes.filter((node) => node.status === 'online').map(({ nodeId }) => nodeId);
  const names = nodes.map(({ nodeId, name }) => `${nodeId} ${name}`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: who is there is what matters
  useEffect(() => feed.retryWaiting(), [online.join()]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter reads the names itself
  useEffect(() => feed.setFilter(filterNow()), [names.join()]);
}

/** `#/events?topic=/stats`, `#/events?topic=ID%2Fstats` shows a topic, once the person's own list is there. */
function useTopicOfAddress(): void {
  const route = useRoute();
  const loaded = useEvents((state) => state.loaded);
  useEffect(() => {
    const topic = route.query.get('topic');
    if (topic === null || !loaded || route !== routeNow()) return;
    openTopic(topic);
    // Not in the history: going back would only lead here again.
    goTo('events', {}, { replace: true });
  }, [route, loaded]);
}
