/** Calls that change something: each says what it did. */

import type { CallOptions } from '../../../common/client/node-client.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { nodeClient } from '../../state/node.ts';

/** An election or a slow disk may take its time before a majority has answered. */
export const writeTimeoutMs = 30_000;

/**
 * Calls a method and says by toast how it went.
 *
 * @param words.failed title when it did not happen; the node's own sentence is below it
 * @returns the answer; undefined when it failed
 */
export async function act<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  words: { readonly done: (result: ResultOf<M>) => string; readonly failed: string },
  options: Pick<CallOptions, 'serviceId'> = {},
): Promise<ResultOf<M> | undefined> {
  try {
    const result = await nodeClient().call(method, params, { timeoutMs: writeTimeoutMs, ...options });
    showToast({ title: words.done(result) });
    return result;
  } catch (error) {
    showToast({ title: words.failed, message: asSignalboxError(error).message, tone: 'error' });
    return undefined;
  }
}
