import { useNow } from '../../app/frame/connection-label.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatAge } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import type { CallState } from '../../state/use-call.ts';

/** The node answers others and not this: what is shown has an age. While it is away altogether the frame says so. */
export function StaleStrip({ state, onRetry }: { readonly state: CallState<unknown>; readonly onRetry: () => void }) {
  const { t: common } = useTranslation('common');
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const nowMs = useNow(state.kind === 'stale');
  if (state.kind !== 'stale' || !connected) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={common('stale', { node, age: formatAge(nowMs - state.atMs) })}
      act={
        <button type="button" className="sb-link" onClick={onRetry}>
          {common('tryAgain')}
        </button>
      }
    >
      {state.error.message}
    </Strip>
  );
}
