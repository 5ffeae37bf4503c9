/** Topics as people read them: the node by its name, then the path on it. */
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { levelsMatch, parseTopic } from '../../../../common/topics.ts';
import type { FeedSubscription } from '../../../state/feed-subscriptions.ts';
import { ownIdOf, resolverOf } from '../../../state/node-resolver.ts';

export interface TopicParts {
  /** Node id, name or `+`; undefined for a topic of the own node. */
  readonly identity: string | undefined;
  /** With its leading slash. */
  readonly path: string;
}

/** Takes a topic or filter apart without checking it. */
export function partsOf(topic: string): TopicParts {
  if (topic.startsWith('/')) return { identity: undefined, path: topic };
  const slash = topic.indexOf('/');
  return slash === -1 ? { identity: topic, path: '' } : { identity: topic.slice(0, slash), path: topic.slice(slash) };
}

/** True when some subscription takes in everything that a filter means. */
export function isCovered(wanted: string, subscriptions: readonly FeedSubscription[], nodes: readonly NodeInfo[]): boolean {
  const resolve = resolverOf(nodes);
  const own = ownIdOf(nodes);
  const nodeOf = (identity: string | undefined) =>
    identity === undefined ? own : identity === '+' ? '+' : (resolve(identity) ?? identity);
  try {
    const { identity, levels } = parseTopic(wanted);
    return subscriptions.some(({ topic }) => {
      const known = parseTopic(topic);
      const sameNode = known.identity === '+' || nodeOf(known.identity) === nodeOf(identity);
      return sameNode && levelsMatch(known.levels, levels);
    });
  } catch {
    return false;
  }
}

export interface Suggestions {
  /** Topics of the own node, with their slash. */
  readonly own: readonly string[];
  readonly nodes: readonly NodeInfo[];
  /** Topics of another node as far as they are known, with their slash. */
  readonly topicsOf: (nodeId: string) => readonly string[];
}

/**
 * What completes a topic that is being written: topics of the own node, names of the others, `+` for all; once a node is
 * named, its topics as far as they are known, and those of the own node: it most likely has the same.
 */
export function suggestTopics(text: string, { own, nodes, topicsOf }: Suggestions): readonly string[] {
  const { identity, path } = partsOf(text);
  const others = nodes.filter((node) => !node.self);
  if (identity === undefined || path === '') {
    const remote = others.length === 0 ? [] : ['+/', ...others.map(({ name }) => `${name}/`)];
    return identity === undefined ? own : [...own, ...remote];
  }
  if (identity === '+') return own.map((topic) => `+${topic}`);
  const nodeId = resolverOf(nodes)(identity);
  const known = nodeId === undefined ? [] : topicsOf(nodeId);
  return [...new Set([...known, ...own])].map((topic) => `${identity}${topic}`);
}
