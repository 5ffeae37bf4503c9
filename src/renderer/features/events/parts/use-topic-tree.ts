import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { SignalboxError } from '../../../../common/errors.ts';
import { feed } from '../../../state/feed-store.ts';
import { useCall } from '../../../state/use-call.ts';
import { maxTreeTopics, TopicTree } from '../model/topic-tree.ts';

/** How often the node's own counts are asked for, and how often the lines are drawn anew in between. */
const askEveryMs = 2_000;
const drawEveryMs = 500;

export interface TopicTreeState {
  readonly tree: TopicTree;
  /** Every topic by name, for completion. */
  readonly names: readonly string[];
  /** Changes when the tree did. */
  readonly version: number;
  readonly loading: boolean;
  readonly error: SignalboxError | undefined;
  readonly retry: () => void;
}

/** The topics of the node: its counts every 2 s, and what is announced meanwhile added to them. */
export function useTopicTree(): TopicTreeState {
  const [tree] = useState(() => new TopicTree());
  const [version, redraw] = useReducer((count: number) => count + 1, 0);
  const { state, retry } = useCall('events.topics', { limit: maxTreeTopics }, { pollMs: askEveryMs });
  const noted = useRef(false);
  const data = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;

  useEffect(() => {
    if (data === undefined) return;
    tree.apply(data.topics, data.dropped, Date.now());
    redraw();
  }, [tree, data]);

  useEffect(() => {
    const stop = feed.onBatch((batch) => {
      const nowMs = Date.now();
      batch.topics.forEach((topic, index) => {
        tree.note(topic, batch.previews[index] ?? '', nowMs);
      });
      noted.current = true;
    });
    const timer = setInterval(() => {
      if (!noted.current || document.visibilityState !== 'visible') return;
      noted.current = false;
      redraw();
    }, drawEveryMs);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [tree]);

  const names = useMemo(() => (data?.topics ?? []).map(({ topic }) => topic).sort(), [data]);
  const error = state.kind === 'error' || state.kind === 'stale' ? state.error : undefined;
  return { tree, names, version, loading: state.kind === 'loading', error, retry };
}
