/** Answers of every node put together: what they have, and who did not answer. */
import type { GatheredResults } from '../../../../common/wire/messages.ts';

/** A node that was asked and has nothing to show. */
export interface SilentNode {
  readonly nodeId: string;
  /** Code of its error; undefined: it did not answer in time. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

export interface Gathered<R> {
  readonly answers: ReadonlyMap<string, R>;
  readonly silent: readonly SilentNode[];
}

/**
 * @param R what the method answers: the caller names a method of the contract
 */
export function gatheredOf<R>({ results, missing }: GatheredResults): Gathered<R> {
  const answers = new Map<string, R>();
  const silent: SilentNode[] = [];
  for (const { node, status, data, error } of results) {
    if (status === 'success') answers.set(node, data as R);
    else silent.push({ nodeId: node, code: error?.code, message: error?.message });
  }
  for (const nodeId of missing) silent.push({ nodeId, code: undefined, message: undefined });
  return { answers, silent };
}
