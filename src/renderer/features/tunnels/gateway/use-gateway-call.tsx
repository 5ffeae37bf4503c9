import type { ReactNode } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';

const everyMs = 2_000;

type ListMethod = 'gateway.routes' | 'gateway.sessions' | 'gateway.tokens';

/**
 * A list of a gateway, read again while it is looked at.
 *
 * @returns the answer; while there is none, what stands in its place
 */
export function useGatewayCall<M extends ListMethod>(
  method: M,
  nodeId: string,
  ownId: string | undefined,
): { readonly answer: ResultOf<M> | undefined; readonly otherwise: ReactNode; readonly refresh: () => void } {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const node = useNodeNames()(nodeId);
  const call = useCall<ListMethod>(method, {}, { pollMs: everyMs, nodeId: nodeId === ownId ? undefined : nodeId });
  const answer = dataOf(call.state) as ResultOf<M> | undefined;
  const otherwise =
    call.state.kind === 'error' ? (
      <CallFailure title={t('gatewayListFailed')} error={call.state.error} call={method} node={node} onRetry={call.retry} />
    ) : (
      <Loading rows={4} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={call.cancel} />
    );
  return { answer, otherwise, refresh: call.refresh };
}
