import { useEffect, useRef } from 'react';
import type { MethodName, ParamsOf, ResultOf } from '../../common/contract/index.ts';
import { useMembershipVersion } from './membership.ts';
import { type UseCallOptions, useCall, type ViewCall } from './use-call.ts';

/** What no event tells of, such as round trips and proofs, is not older than this. */
const readAgainMs = 10_000;

/** A read method of the membership for a view, as {@link useCall}; again with each change, and every ten seconds. */
export function useMembershipCall<M extends MethodName>(
  method: M,
  params: ParamsOf<M>,
  options: UseCallOptions = {},
): ViewCall<ResultOf<M>> {
  const call = useCall(method, params, { pollMs: readAgainMs, ...options });
  const version = useMembershipVersion((state) => state.version);
  const seen = useRef(version);
  const { refresh } = call;
  const enabled = options.enabled !== false;
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    if (enabled) refresh();
  }, [version, refresh, enabled]);
  return call;
}
