/** Acts on the membership that need no dialog of their own, or that follow one: each says what it did, and the views read again. */
import type { MethodName, ParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import type { JoinRequestEntry } from '../../../../common/contract/joining.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { i18next } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { membershipChanged } from '../../../state/membership.ts';
import { nodeClient } from '../../../state/node.ts';

/**
 * Calls a method and says by toast how it went.
 *
 * @param failed title when it did not happen; the node's own sentence is below it
 * @returns the answer; undefined when it failed
 */
export async function act<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  words: { readonly done: (result: ResultOf<M>) => string; readonly failed: string },
): Promise<ResultOf<M> | undefined> {
  try {
    const result = await nodeClient().call(method, params);
    showToast({ title: words.done(result) });
    return result;
  } catch (error) {
    showToast({ title: words.failed, message: asSignalboxError(error).message, tone: 'error' });
    return undefined;
  } finally {
    membershipChanged();
  }
}

/** Sends a node away that waits to be let in; it can ask again. */
export async function refuseRequest({ requestId, name }: JoinRequestEntry): Promise<void> {
  const t = i18next.getFixedT(null, 'membership');
  await act('membership.refuse', { requestId }, { done: () => t('refused', { name }), failed: t('notRefused', { name }) });
}
