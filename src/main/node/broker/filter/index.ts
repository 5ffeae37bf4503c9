/** Filters of messages: words and conditions, as docs/broker-protocol.md describes them. Pure; each message is looked at once. */
import { isUtf8 } from 'node:buffer';
import type { QueueMessage } from '../machine/types.ts';
import { type FilterNode, parseFilter } from './parser.ts';
import type { Comparison, FilterPath, Literal } from './tokens.ts';

export { filterLimits } from './parser.ts';

/** True for a message that passes. */
export type MessageFilter = (message: QueueMessage) => boolean;

/**
 * Makes a filter of its text.
 *
 * @param text empty: everything passes
 * @throws SignalboxError `INVALID_PARAMS` with `data: {position}`, counted in characters from 0
 */
export function compileFilter(text: string): MessageFilter {
  const node = parseFilter(text);
  return node === undefined ? () => true : (message) => passes(node, new MessageFacts(message));
}

/** What a filter asks of one message, each found out once and only when it is asked. */
class MessageFacts {
  readonly message: QueueMessage;
  #text: string | undefined;
  #value: { readonly value: unknown } | undefined;
  #searched: string | undefined;

  constructor(message: QueueMessage) {
    this.message = message;
  }

  /** Everything that words are looked for in, in lower case. */
  get searched(): string {
    const { key, headers } = this.message;
    this.#searched ??= [this.#dataText(), key ?? '', ...Object.entries(headers).flat()].join('\n').toLowerCase();
    return this.#searched;
  }

  at({ root, steps }: FilterPath): unknown {
    switch (root) {
      case 'value':
        return follow(this.#parsed(), steps);
      case 'headers':
        return follow(this.message.headers, steps);
      case 'key':
        return this.message.key ?? undefined;
      case 'client':
        return this.message.clientId;
      case 'size':
        return this.message.data.byteLength;
      case 'sequence':
        return this.message.sequence;
      case 'time':
        return this.message.timeMs;
    }
  }

  #dataText(): string {
    const { data } = this.message;
    this.#text ??= isUtf8(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8') : '';
    return this.#text;
  }

  #parsed(): unknown {
    this.#value ??= { value: this.message.encoding === 'json' ? JSON.parse(this.#dataText()) : undefined };
    return this.#value.value;
  }
}

function follow(from: unknown, steps: readonly (string | number)[]): unknown {
  let value = from;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

function passes(node: FilterNode, facts: MessageFacts): boolean {
  switch (node.kind) {
    case 'and':
      return node.parts.every((part) => passes(part, facts));
    case 'or':
      return node.parts.some((part) => passes(part, facts));
    case 'not':
      return !passes(node.part, facts);
    case 'text':
      return facts.searched.includes(node.text);
    case 'exists':
      return facts.at(node.path) !== undefined;
    case 'compare':
      return compare(facts.at(node.path), node.comparison, node.literal);
  }
}

/** Values of unlike kinds are neither equal nor in any order. */
function compare(value: unknown, comparison: Comparison, literal: Literal): boolean {
  if (comparison === '==') return value === literal;
  if (comparison === '!=') return value !== literal;
  if (comparison === 'contains' && Array.isArray(value)) return value.includes(literal);
  if (typeof value === 'string' && typeof literal === 'string') return compareLike(value, comparison, literal);
  if (typeof value === 'number' && typeof literal === 'number') return compareLike(value, comparison, literal);
  return false;
}

function compareLike<Value extends string | number>(value: Value, comparison: Comparison, literal: Value): boolean {
  switch (comparison) {
    case '<':
      return value < literal;
    case '<=':
      return value <= literal;
    case '>':
      return value > literal;
    case '>=':
      return value >= literal;
    case 'contains':
      return typeof value === 'string' && value.includes(String(literal));
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(String(literal));
    default:
      return false;
  }
}
