import { z } from 'zod';
import type { CarrierKind } from '../../../common/contract/nodes.ts';
import type { ErrorShape } from '../../../common/errors.ts';
import type { GatheredResults } from '../../../common/wire/messages.ts';

/** The most nodes whose answers are put together. */
const mostNodes = 1_000;
/** The longest text taken over from another node's answer. */
const mostChars = 256;

/** What the answering node knows of another. */
export interface AskedNode {
  readonly name: string;
  /** How far its clock is ahead of the answering node's; 0 until measured. */
  readonly clockOffsetMs: number;
  /** How the answering node reaches it now, and whether what passes is proven and closed to others. */
  readonly via: CarrierKind | null;
  readonly secure: boolean;
}

/** What one node said, or why it said nothing. */
export type NodeAnswer<T> = AskedNode & { readonly nodeId: string } & (
    | { readonly error: null; readonly data: T }
    | { readonly error: Pick<ErrorShape, 'code' | 'message'>; readonly data?: undefined }
  );

/** An answer that came. */
export type GoodAnswer<T> = Extract<NodeAnswer<T>, { error: null }>;

/**
 * Reads the parts of a gathered call. What another node says is not trusted: it may be of another version, or lie.
 *
 * @param schema takes any object and leaves out what it cannot read
 * @param lookUp what is known of a node
 */
export function readAnswers<T>(
  { results, missing }: GatheredResults,
  schema: z.ZodType<T>,
  lookUp: (nodeId: string) => AskedNode,
): NodeAnswer<T>[] {
  const said = results.map(({ node, status, data, error }): NodeAnswer<T> => {
    const from = { nodeId: node, ...lookUp(node) };
    if (status === 'error') {
      const { code = 'INTERNAL', message = 'It gave no reason.' } = error ?? {};
      return { ...from, error: { code, message: message.slice(0, mostChars) } };
    }
    const parsed = schema.safeParse(data);
    if (parsed.success) return { ...from, error: null, data: parsed.data };
    return { ...from, error: { code: 'BAD_REQUEST', message: `The answer of ${from.name} cannot be read. It may run another version.` } };
  });
  const silent = missing.map((node): NodeAnswer<T> => {
    const from = { nodeId: node, ...lookUp(node) };
    return { ...from, error: { code: 'TIMEOUT', message: `${from.name} gave no answer in time.` } };
  });
  const all = [...said, ...silent].slice(0, mostNodes);
  return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function isGood<T>(answer: NodeAnswer<T>): answer is GoodAnswer<T> {
  return answer.error === null;
}

/** A count, rate or time of another node's answer. */
export const figure = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const nullableFigure = figure.nullable().catch(null);
export const text = z.string().transform((value) => value.slice(0, mostChars));

/**
 * The readable items of a list, at most so many of them.
 *
 * @param item of one of them
 */
export function readableItems<T>(item: z.ZodType<T>, most: number): z.ZodType<T[]> {
  const readable = (values: readonly unknown[]) =>
    values.slice(0, most).flatMap((value) => {
      const parsed = item.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
  return z.array(z.unknown()).transform(readable).catch([]);
}

/** The sum of what is known; null when nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : round(known.reduce((sum, value) => sum + value, 0));
}

/** Sums of rates would else end in 0.30000000000000004. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
