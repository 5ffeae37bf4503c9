import { filterError } from '../../broker/filter/tokens.ts';
import { inspectorLimits } from './limits.ts';
import { bodyContains, type RequestField, requestFields } from './request-fields.ts';
import type { RequestRecord } from './request-record.ts';

/** True for a request that passes. */
export type RequestFilter = (record: RequestRecord) => boolean;

/** In the order in which they are tried: the longer ones first. */
const operators = ['!=', '>=', '<=', '!~', '=', '>', '<', '~'] as const;
type Operator = (typeof operators)[number];

/** One term: `!` in front, a name, an operator, a value; each part is read once from left to right. */
const blank = /\s+/y;
const condition = /(!?)([A-Za-z]+)(!=|>=|<=|!~|=|>|<|~)/y;
const word = /(!?)([^\s"=<>~!]+)(?=\s|$)/y;
const quoted = /"((?:[^"\\]|\\.)*)"(?=\s|$)/y;
const bare = /[^\s"]+(?=\s|$)/y;

/**
 * Makes a filter of its text: terms side by side, which all must hold. `status>=400 path~/api method=POST duration>200 open error host=a body~text`;
 * a word alone is looked for in method, host, path and error; `!` in front of a term turns it round (ui.md 4.6).
 *
 * @param text empty: everything passes
 * @throws SignalboxError `INVALID_PARAMS` with `data: {position}`, counted in characters from 0
 */
export function compileRequestFilter(text: string): RequestFilter {
  const terms = new TermReader(text).terms();
  return (record) => terms.every((term) => term(record));
}

class TermReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  terms(): RequestFilter[] {
    const terms: RequestFilter[] = [];
    for (;;) {
      this.#match(blank);
      if (this.#at >= this.#text.length) return terms;
      if (terms.length === inspectorLimits.filterTerms)
        throw filterError(`it has more than ${inspectorLimits.filterTerms} terms`, this.#at);
      terms.push(this.#term());
    }
  }

  #term(): RequestFilter {
    const start = this.#at;
    const found = this.#match(condition);
    if (found !== null)
      return turned(found[1] === '!', this.#condition(found[2] as string, found[3] as Operator, start + (found[1] as string).length));
    const plain = this.#match(word);
    if (plain !== null) return turned(plain[1] === '!', wordFilter(plain[2] as string));
    const text = this.#match(quoted);
    if (text !== null) return searchFilter(unquote(text[1] as string));
    throw filterError(this.#whyNot(start), start);
  }

  #condition(name: string, operator: Operator, position: number): RequestFilter {
    const field = requestFields.get(name.toLowerCase());
    if (field === undefined) throw filterError(`there is no ${name}; there are ${[...requestFields.keys()].join(', ')}`, position);
    const valueAt = this.#at;
    const value = this.#value(name, operator);
    return conditionFilter(field, operator, value, (why) => filterError(why, valueAt));
  }

  #value(name: string, operator: Operator): string {
    const text = this.#match(quoted);
    if (text !== null) return unquote(text[1] as string);
    const plain = this.#match(bare);
    if (plain !== null) return plain[0];
    throw filterError(this.#text[this.#at] === '"' ? 'a quote is not closed' : `a value is missing after ${name}${operator}`, this.#at);
  }

  #whyNot(at: number): string {
    if (this.#text[at] === '"') return 'a quote is not closed';
    const operator = operators.find((each) => this.#text.startsWith(each, at));
    return operator === undefined ? 'a word or a condition is expected' : `a name such as status is missing before ${operator}`;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }
}

function turned(turn: boolean, filter: RequestFilter): RequestFilter {
  return turn ? (record) => !filter(record) : filter;
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** `open` and `error` are states; any other word is looked for. */
function wordFilter(text: string): RequestFilter {
  switch (text.toLowerCase()) {
    case 'open':
      return (record) => record.open;
    case 'error':
      return (record) => record.error !== null;
    case 'replay':
      return (record) => record.replayOf !== null;
    default:
      return searchFilter(text);
  }
}

function searchFilter(text: string): RequestFilter {
  const wanted = text.toLowerCase();
  return ({ method, host, path, error }) => `${method} ${host}${path} ${error ?? ''}`.toLowerCase().includes(wanted);
}

function conditionFilter(field: RequestField, operator: Operator, value: string, refuse: (why: string) => Error): RequestFilter {
  switch (field.kind) {
    case 'number':
      return numberFilter(field, operator, value, refuse);
    case 'text':
      return textFilter(field.of, operator, value, refuse);
    case 'body': {
      if (operator !== '~' && operator !== '!~') throw refuse('a body is searched with body~text');
      const wanted = Buffer.from(value, 'utf8');
      return turned(operator === '!~', (record) => bodyContains(record, wanted));
    }
  }
}

function textFilter(
  of: (record: RequestRecord) => string,
  operator: Operator,
  value: string,
  refuse: (why: string) => Error,
): RequestFilter {
  const wanted = value.toLowerCase();
  switch (operator) {
    case '=':
    case '!=':
      return turned(operator === '!=', (record) => of(record).toLowerCase() === wanted);
    case '~':
    case '!~':
      return turned(operator === '!~', (record) => of(record).toLowerCase().includes(wanted));
    default:
      throw refuse('a text is compared with =, !=, ~ (holds) or !~');
  }
}

function numberFilter(
  { of, form }: Extract<RequestField, { readonly kind: 'number' }>,
  operator: Operator,
  value: string,
  refuse: (why: string) => Error,
): RequestFilter {
  const range = rangeOf(value, form);
  if (range === undefined) throw refuse(`${value} is no number${form.hint}`);
  const [low, high] = range;
  const holds = (test: (value: number) => boolean): RequestFilter => {
    return (record) => {
      const number = of(record);
      return number !== null && test(number);
    };
  };
  switch (operator) {
    case '=':
      return holds((number) => number >= low && number <= high);
    case '!=':
      return holds((number) => number < low || number > high);
    case '>':
      return holds((number) => number > high);
    case '>=':
      return holds((number) => number >= low);
    case '<':
      return holds((number) => number < low);
    case '<=':
      return holds((number) => number <= high);
    default:
      throw refuse('a number is compared with =, !=, <, <=, > or >=');
  }
}

/** `404`, `5xx` for a class of statuses, `200ms`, `10kB`: the smallest and the largest number that are meant. */
function rangeOf(
  value: string,
  units: { readonly factors: Readonly<Record<string, number>>; readonly classes: boolean },
): [number, number] | undefined {
  const [, digit] = /^([1-5])xx$/i.exec(value) ?? [];
  if (digit !== undefined && units.classes) return [Number(digit) * 100, Number(digit) * 100 + 99];
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([A-Za-z]*)$/.exec(value) ?? [];
  if (digits === undefined || !Object.hasOwn(units.factors, unit)) return undefined;
  const number = Number(digits) * (units.factors[unit] as number);
  return [number, number];
}
