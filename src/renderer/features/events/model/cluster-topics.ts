/** The topics of the cluster: a branch for each node, the own one first, and one for what every node says. */
import type { TopicStats } from '../../../../common/contract/events.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { maxTreeTopics, type TopicRow, TopicTree } from './topic-tree.ts';
import { partsOf } from './topic-words.ts';

/** Topics held of another node; of the own one there are {@link maxTreeTopics}. */
export const maxRemoteTopics = 1_000;
/** Branches of nodes that are held at once; events of further nodes are counted by their subscription alone. */
const mostBranches = 200;

/** Key of the own node's branch, whatever its id is. */
export const ownBranch = 'node:own';
export const everyBranch = 'node:+';

/** The key of a node's branch. */
export function branchKey(node: Pick<NodeInfo, 'nodeId' | 'self'>): string {
  return node.self ? ownBranch : `node:${node.nodeId}`;
}

/** What is known of a branch beside its topics. */
export type BranchState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: SignalboxError };

interface LineBase {
  readonly key: string;
  /** From 0. */
  readonly depth: number;
  readonly expanded: boolean | undefined;
}
export type ClusterLine =
  | (LineBase & { readonly kind: 'node'; readonly node: NodeInfo; readonly count: number; readonly filter: string })
  | (LineBase & { readonly kind: 'every'; readonly filter: string })
  | (LineBase & { readonly kind: 'topic'; readonly row: TopicRow; readonly filter: string })
  /** Why a branch shows nothing. */
  | (LineBase & {
      readonly kind: 'note';
      readonly note: 'reading' | 'empty' | 'lost' | 'omitted' | SignalboxError;
      readonly node: NodeInfo | undefined;
    });

export class ClusterTopics {
  readonly own = new TopicTree('', maxTreeTopics);
  readonly #others = new Map<string, TopicTree>();
  readonly #states = new Map<string, BranchState>();

  /** The paths that are known of another node. */
  pathsOf(nodeId: string): readonly string[] {
    return this.#others.get(nodeId)?.paths ?? [];
  }

  /** Takes what another node itself counts. */
  apply(nodeId: string, topics: readonly TopicStats[], dropped: number, nowMs: number): void {
    this.#branch(nodeId)?.apply(topics, dropped, nowMs);
    this.#states.set(nodeId, { kind: 'ready' });
  }

  /** Says that another node's topics are being read, or could not be. */
  setState(nodeId: string, state: BranchState): void {
    // What was read before stays, with its counts.
    if (state.kind === 'reading' && this.#states.get(nodeId)?.kind === 'ready') return;
    this.#states.set(nodeId, state);
  }

  /** Adds one event that was announced. */
  note(topic: string, origin: string, ownId: string | undefined, preview: string, nowMs: number): void {
    const { identity, path } = partsOf(topic);
    if (path === '') return;
    if (identity === undefined || origin === ownId) {
      // With a subscription of every node an own event comes under the node's id as well; the node counts it once.
      if (identity === undefined) this.own.note(path, preview, nowMs);
    } else this.#branch(origin)?.note(path, preview, nowMs);
  }

  /** The lines that are to be seen. One node alone needs no choice of every node. */
  lines(nodes: readonly NodeInfo[], expanded: ReadonlySet<string>): readonly ClusterLine[] {
    const lines = nodes.flatMap((node) => this.#linesOf(node, expanded));
    if (nodes.length < 2) return lines;
    const open = expanded.has(everyBranch);
    const every: ClusterLine = { kind: 'every', key: everyBranch, depth: 0, expanded: open, filter: '+/#' };
    return [every, ...(open ? this.#merged(nodes).rows(expanded).map(topicLine) : []), ...lines];
  }

  #linesOf(node: NodeInfo, expanded: ReadonlySet<string>): readonly ClusterLine[] {
    const key = branchKey(node);
    const tree = node.self ? this.own : this.#others.get(node.nodeId);
    const open = expanded.has(key);
    const head: ClusterLine = {
      kind: 'node',
      key,
      depth: 0,
      expanded: open,
      node,
      count: tree?.count ?? 0,
      filter: node.self ? '/#' : `${node.nodeId}/#`,
    };
    if (!open) return [head];
    const topics = tree?.rows(expanded).map(topicLine) ?? [];
    return [head, ...topics, ...this.#notesOf(node, key, tree)];
  }

  #notesOf(node: NodeInfo, key: string, tree: TopicTree | undefined): readonly ClusterLine[] {
    const note = (what: Extract<ClusterLine, { kind: 'note' }>['note']): ClusterLine => ({
      kind: 'note',
      key: `${key}!`,
      depth: 1,
      expanded: undefined,
      note: what,
      node,
    });
    const state = node.self ? undefined : this.#states.get(node.nodeId);
    const size = tree?.size ?? 0;
    if (!node.self && node.status !== 'online') return size === 0 ? [note('lost')] : [];
    if (state?.kind === 'failed') return [note(state.error)];
    if (size === 0) return [note(node.self || state?.kind === 'ready' ? 'empty' : 'reading')];
    return (tree?.omitted ?? 0) > 0 ? [note('omitted')] : [];
  }

  #merged(nodes: readonly NodeInfo[]): TopicTree {
    const merged = new TopicTree('+', maxRemoteTopics);
    merged.addAll(this.own);
    for (const { nodeId } of nodes) {
      const tree = this.#others.get(nodeId);
      if (tree !== undefined) merged.addAll(tree);
    }
    return merged;
  }

  #branch(nodeId: string): TopicTree | undefined {
    const known = this.#others.get(nodeId);
    if (known !== undefined || this.#others.size >= mostBranches) return known;
    const tree = new TopicTree(nodeId, maxRemoteTopics);
    this.#others.set(nodeId, tree);
    return tree;
  }
}

function topicLine(row: TopicRow): ClusterLine {
  return { kind: 'topic', key: row.key, depth: row.depth + 1, expanded: row.expanded, row, filter: row.filter };
}
