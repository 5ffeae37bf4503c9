/** The tree of topics that one node has seen: counts, rates, last values; bounded, flattened only where it is open. */
import type { TopicStats } from '../../../../common/contract/events.ts';

/** Topics in the tree; more are counted and named as a number. */
export const maxTreeTopics = 5_000;

interface TreeNode {
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly parent: TreeNode | undefined;
  readonly children: Map<string, TreeNode>;
  /** Set for a topic, not for a mere level. */
  isTopic: boolean;
  published: number;
  lastValue: string | null;
  changedAtMs: number;
}

/** One line of the open tree. */
export interface TopicRow {
  /** The topic, or the path of the level. */
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly isTopic: boolean;
  /** Undefined for a leaf. */
  readonly expanded: boolean | undefined;
  /** Events of the topic and everything under it. */
  readonly count: number;
  readonly lastValue: string | null;
  readonly changedAtMs: number;
  /** The filter that takes in this line and everything under it. */
  readonly filter: string;
}

export class TopicTree {
  readonly #prefix: string;
  readonly #most: number;
  readonly #roots = new Map<string, TreeNode>();
  readonly #topics = new Map<string, TreeNode>();
  #omitted = 0;

  /**
   * @param prefix what stands before a path in keys and filters: nothing for the own node, else a node id or `+`
   * @param most topics that are held
   */
  constructor(prefix = '', most = maxTreeTopics) {
    this.#prefix = prefix;
    this.#most = most;
  }

  /** Topics in the tree. */
  get size(): number {
    return this.#topics.size;
  }

  /** Topics that did not fit. */
  get omitted(): number {
    return this.#omitted;
  }

  /** The paths in the tree. */
  get paths(): readonly string[] {
    return [...this.#topics.keys()].sort();
  }

  /** Events of everything in the tree. */
  get count(): number {
    let total = 0;
    for (const root of this.#roots.values()) total += countOf(root);
    return total;
  }

  /** Takes the node's own counts; they are the truth. `dropped`: topics the node itself no longer tracks. */
  apply(stats: readonly TopicStats[], dropped: number, nowMs: number): void {
    this.#omitted = dropped;
    for (const { topic, published, lastPreview } of stats) {
      const node = this.#ensure(topic);
      if (node === undefined) {
        this.#omitted++;
        continue;
      }
      if (node.published !== published && node.published > 0) node.changedAtMs = nowMs;
      node.published = published;
      if (lastPreview !== null) node.lastValue = lastPreview;
    }
  }

  /** Adds one event that was announced since. */
  note(path: string, preview: string, nowMs: number): void {
    const node = this.#ensure(path);
    if (node === undefined) return;
    node.published++;
    node.lastValue = preview;
    node.changedAtMs = nowMs;
  }

  /** Adds everything of another tree: what several nodes say on one topic becomes one line. */
  addAll(other: TopicTree): void {
    for (const [path, node] of other.#topics) {
      const mine = this.#ensure(path);
      if (mine === undefined) {
        this.#omitted++;
        continue;
      }
      mine.published += node.published;
      if (node.changedAtMs >= mine.changedAtMs) {
        mine.changedAtMs = node.changedAtMs;
        mine.lastValue = node.lastValue;
      }
    }
  }

  /** The lines that are to be seen: levels in `expanded` are open. */
  rows(expanded: ReadonlySet<string>): readonly TopicRow[] {
    const rows: TopicRow[] = [];
    for (const root of sorted(this.#roots)) this.#flatten(root, expanded, rows);
    return rows;
  }

  #flatten(node: TreeNode, expanded: ReadonlySet<string>, rows: TopicRow[]): void {
    const isBranch = node.children.size > 0;
    const open = isBranch && expanded.has(node.key);
    rows.push({
      key: node.key,
      label: node.label,
      depth: node.depth,
      isTopic: node.isTopic,
      expanded: isBranch ? open : undefined,
      count: countOf(node),
      lastValue: node.isTopic ? node.lastValue : null,
      changedAtMs: node.changedAtMs,
      filter: isBranch ? `${node.key}/#` : node.key,
    });
    if (open) for (const child of sorted(node.children)) this.#flatten(child, expanded, rows);
  }

  #ensure(path: string): TreeNode | undefined {
    const known = this.#topics.get(path);
    if (known !== undefined) return known;
    if (this.#topics.size >= this.#most) return undefined;
    let siblings = this.#roots;
    let parent: TreeNode | undefined;
    for (const label of path.slice(1).split('/')) {
      const key: string = `${parent?.key ?? this.#prefix}/${label}`;
      let node: TreeNode | undefined = siblings.get(key);
      if (node === undefined) {
        node = {
          key,
          label,
          depth: parent === undefined ? 0 : parent.depth + 1,
          parent,
          children: new Map(),
          isTopic: false,
          published: 0,
          lastValue: null,
          changedAtMs: 0,
        };
        siblings.set(key, node);
      }
      parent = node;
      siblings = node.children;
    }
    if (parent === undefined) return undefined;
    parent.isTopic = true;
    this.#topics.set(path, parent);
    return parent;
  }
}

function sorted(nodes: ReadonlyMap<string, TreeNode>): readonly TreeNode[] {
  return [...nodes.values()].sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0));
}

function countOf(node: TreeNode): number {
  let total = node.published;
  for (const child of node.children.values()) total += countOf(child);
  return total;
}

/** Fields that say when, not what. */
const timeFields: ReadonlySet<string> = new Set(['timestamp', 'time', 'at', 'ts']);
const scalarField = /"([^"\\]+)":("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g;

/** What a narrow line says of a last value: a number or word whole, of an object its first plain field that is no time. */
export function shortValue(preview: string | null): string {
  if (preview === null) return '';
  if (!preview.startsWith('{')) return preview.startsWith('[') ? '' : unquoted(preview);
  for (const [, field = '', value = ''] of preview.matchAll(scalarField)) if (!timeFields.has(field)) return unquoted(value);
  return '';
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
