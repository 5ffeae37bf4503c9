/** What a person can do on the Events screen. Buttons, keys and the palette all come here. */
import { SignalboxError } from '../../../common/errors.ts';
import { parseTopic } from '../../../common/topics.ts';
import { saveTextFile } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { i18next } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { type EventFilter, feed } from '../../state/feed-store.ts';
import { type FeedSubscription, isBroad, maxFeedTopics, nextColor } from '../../state/feed-subscriptions.ts';
import { formatCount } from '../../state/format.ts';
import { nodeClient } from '../../state/node.ts';
import { canonicalTopic, ownIdOf, readableTopic, resolverOf } from '../../state/node-resolver.ts';
import { useEvents } from './events-state.ts';
import { compileFilter, topicOfFilter, withTopic } from './model/filter.ts';
import { exportEvents, exportFileName } from './model/ndjson.ts';
import { saveView } from './saved-view.ts';

const t = i18next.getFixedT(null, 'events');

/** Time after the last change of the list before it is kept. */
const saveAfterMs = 400;
let saving: ReturnType<typeof setTimeout> | undefined;

/** Shows a list of subscriptions that the person did not choose. */
export function showSubscriptions(subscriptions: readonly FeedSubscription[]): void {
  useEvents.setState({ subscriptions });
  feed.setSubscriptions(subscriptions);
}

/** Makes a list of subscriptions the current one and keeps it for the person. */
export function setSubscriptions(subscriptions: readonly FeedSubscription[]): void {
  showSubscriptions(subscriptions);
  keepView();
}

/** Keeps what the person chose, a moment after the last change. */
export function keepView(): void {
  useEvents.setState({ untouched: false });
  clearTimeout(saving);
  saving = setTimeout(() => {
    const { loaded, subscriptions, charts } = useEvents.getState();
    if (!loaded) return;
    saveView(nodeClient(), { subscriptions: [...subscriptions], charts: { ...charts } }).catch((error: unknown) =>
      showToast({ title: t('notKept'), message: messageOf(error), tone: 'error' }),
    );
  }, saveAfterMs);
}

/** Why a topic cannot be added now; undefined when it can. */
export function refusalOf(topic: string): string | undefined {
  const { subscriptions } = useEvents.getState();
  if (subscriptions.length >= maxFeedTopics) return t('tooMany', { most: maxFeedTopics });
  if (subscribedAs(topic) !== undefined) return t('already', { topic });
  try {
    parseTopic(topic);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The subscription that means the same topic, however its node is named there. */
function subscribedAs(topic: string): FeedSubscription | undefined {
  const { nodes } = useCluster.getState();
  const wanted = canonicalTopic(topic, nodes);
  return useEvents.getState().subscriptions.find((known) => canonicalTopic(known.topic, nodes) === wanted);
}

/** Shows a topic that a link names: subscribes, or takes what is subscribed already out of hiding and narrows the list to it. */
export function openTopic(topic: string): void {
  const known = subscribedAs(topic);
  if (known === undefined) {
    addSubscription(topic);
    return;
  }
  if (known.hidden) toggleHidden(known.topic);
  if (topicOfFilter(useEvents.getState().filterText) !== known.topic) toggleTopicFilter(known.topic);
}

/** Subscribes; a topic that takes in everything asks first. Returns why not. */
export function addSubscription(topic: string, options: { readonly sure?: boolean } = {}): string | undefined {
  const refusal = refusalOf(topic);
  if (refusal !== undefined) return refusal;
  if (options.sure !== true && isBroad(topic)) {
    useEvents.setState({ asking: topic });
    return undefined;
  }
  const { subscriptions } = useEvents.getState();
  useEvents.setState({ adding: false, asking: undefined });
  setSubscriptions([...subscriptions, { topic, color: nextColor(subscriptions), hidden: false }]);
  return undefined;
}

export function removeSubscription(topic: string): void {
  setSubscriptions(useEvents.getState().subscriptions.filter((known) => known.topic !== topic));
}

export function toggleHidden(topic: string): void {
  setSubscriptions(
    useEvents.getState().subscriptions.map((known) => (known.topic === topic ? { ...known, hidden: !known.hidden } : known)),
  );
}

export function setFilter(filterText: string): void {
  // Another list: its newest rows are what is looked for.
  useEvents.setState({ filterText, following: true });
  feed.setFilter(filterNow());
}

/** What the filter text means, with the nodes as they are called now. */
export function filterNow(): EventFilter | undefined {
  const { nodes } = useCluster.getState();
  return compileFilter(useEvents.getState().filterText, { resolve: resolverOf(nodes), own: ownIdOf(nodes) });
}

/** Narrows the filter to a topic, or widens it again. */
export function toggleTopicFilter(topic: string): void {
  setFilter(withTopic(useEvents.getState().filterText, readableTopic(topic, useCluster.getState().nodes)));
}

export function focusFilter(): void {
  const field = document.querySelector<HTMLInputElement>('[data-events-filter]');
  field?.focus();
  field?.select();
}

export function togglePause(): void {
  const paused = !useEvents.getState().paused;
  useEvents.setState({ paused });
  feed.setPaused(paused);
}

export function clearList(): void {
  feed.clear();
  useEvents.setState({ selected: undefined, pinned: undefined, inspecting: false });
}

export function jumpToNewest(): void {
  useEvents.setState({ following: true });
}

export function closeInspector(): void {
  useEvents.setState({ inspecting: false });
}

/** Writes what the node keeps, whole, as NDJSON, and hands the file over. */
export async function exportList(): Promise<void> {
  if (useEvents.getState().exporting !== undefined) return;
  const abort = new AbortController();
  const { epoch } = feed;
  const startedAtMs = Date.now();
  const update = (progress: { readonly written: number; readonly read: number; readonly total: number }) =>
    useEvents.setState({ exporting: { ...progress, cancel: () => abort.abort() } });
  update({ written: 0, read: 0, total: feed.counters.kept });
  try {
    const result = await exportEvents({
      read: (fromId, limit) => feed.read(epoch, fromId, limit, abort.signal),
      fromId: feed.exportFromId,
      filter: filterNow(),
      onProgress: update,
    });
    saveTextFile(exportFileName(startedAtMs), result.parts.join(''), 'application/x-ndjson');
    const lost = result.lost > 0 ? ` ${t('exportLost', { amount: formatCount(result.lost) })}` : '';
    showToast({
      title: t('exported', { written: formatCount(result.written), total: formatCount(result.total) }),
      message: `${exportFileName(startedAtMs)}${lost}`,
    });
  } catch (error) {
    if (error instanceof SignalboxError && error.code === 'CANCELLED') showToast({ title: t('exportCancelled') });
    else showToast({ title: t('exportFailed'), message: messageOf(error), tone: 'error' });
  } finally {
    useEvents.setState({ exporting: undefined });
  }
}

/** The sentence for a person of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
