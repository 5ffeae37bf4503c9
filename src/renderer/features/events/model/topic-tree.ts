/** The tree of topics that the node has seen: counts, rates, last values; bounded, flattened only where it is open. */
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

/** Levels of a topic: a remote one begins with its node. */
function levelsOf(topic: string): readonly string[] {
  return (topic.startsWith('/') ? topic.slice(1) : topic).split('/');
}

export class TopicTree {
  readonly #roots = new Map<string, TreeNode>();
  readonly #topics = new Map<string, TreeNode>();
  #omitted = 0;

  /** Topics in the tree. */
  get size(): number {
    return this.#topics.size;
  }

  /** Topics that did not fit. */
  get omitted(): number {
    return this.#omitted;
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
  note(topic: string, preview: string, nowMs: number): void {
    const node = this.#ensure(topic);
    if (node === undefined) return;
    node.published++;
    node.lastValue = preview;
    node.changedAtMs = nowMs;
  }

  /** The lines that are to be seen: levels in `expanded` are open. */
  rows(expanded: ReadonlySet<string>): readonly TopicRow[] {
    const rows: TopicRow[] = [];
    for (const root of sorted(this.#roots)) this.#flatten(root, expanded, rows);
    return rows;
  }

  clear(): void {
    this.#roots.clear();
    this.#topics.clear();
    this.#omitted = 0;
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

  #ensure(topic: string): TreeNode | undefined {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    if (this.#topics.size >= maxTreeTopics) return undefined;
    const local = topic.startsWith('/');
    let siblings = this.#roots;
    let parent: TreeNode | undefined;
    for (const label of levelsOf(topic)) {
      const key: string = parent === undefined ? (local ? `/${label}` : label) : `${parent.key}/${label}`;
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
    this.#topics.set(topic, parent);
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
