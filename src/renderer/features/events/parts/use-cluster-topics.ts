import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import type { SignalboxError } from '../../../../common/errors.ts';
import { useCluster } from '../../../state/cluster.ts';
import { feed } from '../../../state/feed-store.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { ownIdOf } from '../../../state/node-resolver.ts';
import { useCall } from '../../../state/use-call.ts';
import { useEvents } from '../events-state.ts';
import { BranchReader } from '../model/branch-reader.ts';
import { branchKey, ClusterTopics, maxRemoteTopics } from '../model/cluster-topics.ts';
import { maxTreeTopics } from '../model/topic-tree.ts';

/** How often the own node's counts are asked for, those of others, and how often the lines are drawn anew in between. */
const askEveryMs = 2_000;
const askOthersEveryMs = 5_000;
const drawEveryMs = 500;

export interface ClusterTopicsState {
  readonly topics: ClusterTopics;
  /** The own node's topics, for completion. */
  readonly names: readonly string[];
  /** Changes when the tree did. */
  readonly version: number;
  readonly loading: boolean;
  /** The own node's topics could not be read. */
  readonly error: SignalboxError | undefined;
  readonly retry: () => void;
}

/**
 * The topics of the cluster: what the own node counts, what each other node counts while its branch is open, and what is
 * announced meanwhile added to both.
 */
export function useClusterTopics(): ClusterTopicsState {
  const [topics] = useState(() => new ClusterTopics());
  const [version, redraw] = useReducer((count: number) => count + 1, 0);
  const { state, retry } = useCall('events.topics', { limit: maxTreeTopics }, { pollMs: askEveryMs });
  const noted = useRef(false);
  const data = state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
  useBranches(topics, redraw);

  useEffect(() => {
    if (data === undefined) return;
    topics.own.apply(data.topics, data.dropped, Date.now());
    redraw();
  }, [topics, data]);

  useEffect(() => {
    const stop = feed.onBatch((batch) => {
      const nowMs = Date.now();
      const own = ownIdOf(useCluster.getState().nodes);
      batch.topics.forEach((topic, index) => {
        topics.note(topic, batch.origins[index] ?? '', own, batch.previews[index] ?? '', nowMs);
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
  }, [topics]);

  const names = useMemo(() => (data?.topics ?? []).map(({ topic }) => topic).sort(), [data]);
  const error = state.kind === 'error' || state.kind === 'stale' ? state.error : undefined;
  return { topics, names, version, loading: state.kind === 'loading', error, retry };
}

/** Reads the nodes whose branch is open and who are there. */
function useBranches(topics: ClusterTopics, redraw: () => void): void {
  const nodes = useCluster((state) => state.nodes);
  const expanded = useEvents((state) => state.expanded);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const [reader] = useState(
    () =>
      new BranchReader({
        everyMs: askOthersEveryMs,
        read: (nodeId, signal) =>
          nodeClient().call('events.topics', { limit: maxRemoteTopics }, { target: { node: nodeId }, signal, timeoutMs: askOthersEveryMs }),
        isWatched: () => document.visibilityState === 'visible',
        onBegin: (nodeId) => topics.setState(nodeId, { kind: 'reading' }),
        onRead: (nodeId, { topics: stats, dropped }) => {
          topics.apply(nodeId, stats, dropped, Date.now());
          redraw();
        },
        onFailed: (nodeId, error) => {
          topics.setState(nodeId, { kind: 'failed', error });
          redraw();
        },
      }),
  );
  useEffect(() => {
    const open = nodes.filter((node) => !node.self && node.status === 'online' && expanded.has(branchKey(node)));
    reader.want(connected ? open.map(({ nodeId }) => nodeId) : []);
  }, [reader, nodes, expanded, connected]);
  useEffect(() => () => reader.stop(), [reader]);
}
