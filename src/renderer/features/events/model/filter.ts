/**
 * The filter of the Events screen. Words, all of which must occur in topic or payload preview, whatever their case;
 * `"two words"` as one; `topic:/site/#` by topic, with wildcards; `is:error` for events that report a fault.
 */
import { levelsMatch, parseTopic } from '../../../../common/topics.ts';
import type { EventFilter } from '../../../state/feed-store.ts';
import type { NodeResolver } from '../../../state/node-resolver.ts';
import { partsOf } from './topic-words.ts';

const word = /"([^"]*)"?|(\S+)/g;
const topicPrefix = 'topic:';

/** How a filter tells whose topic is meant. */
export interface FilterNodes {
  readonly resolve: NodeResolver;
  /** Id of the own node, which topics with a leading slash belong to; undefined until it is known. */
  readonly own: string | undefined;
}

const nobody: FilterNodes = { resolve: () => undefined, own: undefined };

/** The filter that a text means, or undefined when it means every event. */
export function compileFilter(text: string, nodes: FilterNodes = nobody): EventFilter | undefined {
  const tests: EventFilter[] = [];
  for (const [, quoted, bare] of text.matchAll(word)) {
    if (quoted !== undefined) tests.push(contains(quoted));
    else if (bare !== undefined) tests.push(testOf(bare, nodes));
  }
  if (tests.length === 0) return undefined;
  return (event) => tests.every((test) => test(event));
}

function testOf(bare: string, nodes: FilterNodes): EventFilter {
  if (bare.toLowerCase() === 'is:error') return (event) => event.isError;
  if (bare.startsWith(topicPrefix)) {
    try {
      return topicTest(bare.slice(topicPrefix.length), nodes);
    } catch {
      // Half written: what is there already narrows by its letters.
      const begun = bare.slice(topicPrefix.length).replace(/[+#]+$/, '');
      return (event) => event.topic.includes(begun);
    }
  }
  return contains(bare);
}

/**
 * True for events on a topic, whatever name of their node it was subscribed under: a node's own id and name, and `+`, bring
 * the same events under different topics.
 *
 * @throws SignalboxError `INVALID_PARAMS` while it is half written
 */
function topicTest(topic: string, { resolve, own }: FilterNodes): EventFilter {
  const { identity, levels } = parseTopic(topic);
  const nodeId = identity === undefined ? own : (resolve(identity) ?? identity);
  return (event) => {
    const { identity: shown, path } = partsOf(event.topic);
    const sameNode = identity === '+' || event.origin === nodeId || shown === identity;
    return sameNode && levelsMatch(levels, path.slice(1).split('/'));
  };
}

function contains(text: string): EventFilter {
  const wanted = text.toLowerCase();
  return (event) => event.topic.toLowerCase().includes(wanted) || event.preview.toLowerCase().includes(wanted);
}

/** The filter text with its topic word replaced, or taken out when it is that topic already. */
export function withTopic(text: string, topic: string): string {
  const rest = withoutTopic(text);
  return topicOfFilter(text) === topic ? rest : [`${topicPrefix}${topic}`, rest].filter(Boolean).join(' ');
}

/** The topic a filter text narrows to, if any. */
export function topicOfFilter(text: string): string | undefined {
  const found = text.split(/\s+/).find((part) => part.startsWith(topicPrefix));
  return found?.slice(topicPrefix.length);
}

function withoutTopic(text: string): string {
  return text
    .split(/\s+/)
    .filter((part) => !part.startsWith(topicPrefix))
    .join(' ')
    .trim();
}
