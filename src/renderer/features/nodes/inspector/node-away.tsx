import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge } from '../../../state/format.ts';
import type { CallState } from '../../../state/use-call.ts';
import { stateOf } from '../model/node-state.ts';
import { stateWords } from '../node-words.ts';
import { useStale } from '../use-known-nodes.ts';

/** Why a node cannot be asked, what is missing for that, and what still holds. */
export function NodeAway(props: {
  readonly node: NodeInfo;
  readonly missing: 'overview' | 'services' | 'connections' | 'tunnels' | 'logs';
  /** When what is shown below was read; undefined when there is nothing. */
  readonly shownAtMs?: number | undefined;
}) {
  const { t } = useTranslation('nodes');
  const { node, missing, shownAtMs } = props;
  const stale = useStale();
  const nowMs = useNow(shownAtMs !== undefined);
  return (
    <div className="nd-away" role="status">
      <StateShape kind={stateOf(node, stale).kind} />
      <p>
        <b>{t('away', { name: node.name, state: stateWords(t, node, stale) })}</b> {t(`away_${missing}`)}
        {shownAtMs !== undefined && ` ${t('awayShown', { age: formatAge(nowMs - shownAtMs) })}`}
      </p>
    </div>
  );
}

/** A node that is there did not answer the last time: what it said before is shown. Nothing while it answers. */
export function NotAnswering({ node, state }: { readonly node: NodeInfo; readonly state: CallState<unknown> }) {
  const { t: common } = useTranslation('common');
  const nowMs = useNow(state.kind === 'stale');
  if (state.kind !== 'stale') return null;
  return (
    <Strip tone="warn" icon={<StateShape kind="warn" />} fact={state.error.code}>
      {common('stale', { node: node.name, age: formatAge(nowMs - state.atMs) })}
    </Strip>
  );
}
