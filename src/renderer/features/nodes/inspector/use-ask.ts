/** Asking the node that is inspected. */
import type { MethodName, ParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { type CallState, type UseCallOptions, useCall, type ViewCall } from '../../../state/use-call.ts';

export interface InspectedProps {
  readonly node: NodeInfo;
  /** The console's own node sees it now: it can be asked. */
  readonly reachable: boolean;
}

/** Asks the inspected node while it can be reached. Its last answer stays when it goes. */
export function useAsk<M extends MethodName>(
  { node, reachable }: InspectedProps,
  method: M,
  params: ParamsOf<M>,
  options: Pick<UseCallOptions, 'pollMs'> = {},
): ViewCall<ResultOf<M>> {
  return useCall(method, params, { ...options, enabled: reachable, nodeId: node.self ? undefined : node.nodeId });
}

/** The answer that is there, fresh or not, and when it came. */
export function answerOf<R>(state: CallState<R>): { readonly data: R; readonly atMs: number } | undefined {
  return state.kind === 'ready' || state.kind === 'stale' ? state : undefined;
}
