import { SignalboxError } from './errors.ts';
import { limits } from './limits.ts';

/** Control characters, lone surrogates and code points that are no characters: brokers close the connection that brings them. */
const forbidden = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** A topic as a client writes it, taken apart. */
export interface ParsedTopic {
  /** Node id, unique name or `+` for a remote topic; undefined for a local one (leading slash). */
  readonly identity: string | undefined;
  /** Levels of the path on the publishing node. */
  readonly levels: readonly string[];
  readonly hasWildcard: boolean;
}

/**
 * Takes a topic filter apart (wire.md 1: a leading slash means this node, none a remote one; `+` matches one level,
 * a trailing `#` the rest).
 *
 * @throws SignalboxError `INVALID_PARAMS` for an empty, too long, too deep or misplaced-wildcard topic
 */
export function parseTopic(topic: string): ParsedTopic {
  const refuse = (why: string): never => {
    throw new SignalboxError('INVALID_PARAMS', `The topic is not valid: ${why}.`, { data: { topic: topic.slice(0, 64) }, executed: 'no' });
  };
  if (topic.length === 0) return refuse('it is empty');
  if (topic.length > limits.topicBytes || utf8Bytes(topic) > limits.topicBytes)
    return refuse(`it is longer than ${limits.topicBytes} bytes`);
  if (forbidden.test(topic)) return refuse('it has control characters or what is no character');
  const local = topic.startsWith('/');
  const parts = (local ? topic.slice(1) : topic).split('/');
  const identity = local ? undefined : parts.shift();
  if (!local && parts.length === 0) return refuse('a local topic begins with a slash, a remote one is node/topic');
  if (parts.length > limits.topicLevels) return refuse(`it has more than ${limits.topicLevels} levels`);
  let hasWildcard = identity === '+';
  if (identity !== undefined && identity !== '+' && /[+#]/.test(identity)) return refuse('only + may stand for every node');
  parts.forEach((level, index) => {
    if (level === '') refuse('it has an empty level');
    if (level === '#') {
      if (index !== parts.length - 1) refuse('# may only be the last level');
      hasWildcard = true;
    } else if (level === '+') hasWildcard = true;
    else if (/[+#]/.test(level)) refuse('+ and # stand alone in a level');
  });
  return { identity, levels: parts, hasWildcard };
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x8_00 ? 2 : code < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}

/** A topic as events carry it, taken apart without being checked: whoever published it was. */
export function splitTopic(topic: string): { readonly identity: string | undefined; readonly levels: readonly string[] } {
  const local = topic.startsWith('/');
  const levels = (local ? topic.slice(1) : topic).split('/');
  return local ? { identity: undefined, levels } : { identity: levels.shift(), levels };
}

/** True when a filter matches the topic of an event, node and levels. */
export function topicMatches(filter: ParsedTopic, topic: ReturnType<typeof splitTopic>): boolean {
  const sameNode = filter.identity === topic.identity || (filter.identity === '+' && topic.identity !== undefined);
  return sameNode && levelsMatch(filter.levels, topic.levels);
}

/** True when the filter's levels match the levels of a concrete topic. */
export function levelsMatch(filter: readonly string[], topic: readonly string[]): boolean {
  for (let index = 0; index < filter.length; index++) {
    const level = filter[index];
    if (level === '#') return true;
    if (index >= topic.length) return false;
    if (level !== '+' && level !== topic[index]) return false;
  }
  return filter.length === topic.length;
}

/** True when some concrete topic matches both filters. */
export function filtersOverlap(first: readonly string[], second: readonly string[]): boolean {
  for (let index = 0; ; index++) {
    const one = first[index];
    const other = second[index];
    if (one === '#' || other === '#') return true;
    if (one === undefined || other === undefined) return one === other;
    if (one !== other && one !== '+' && other !== '+') return false;
  }
}
