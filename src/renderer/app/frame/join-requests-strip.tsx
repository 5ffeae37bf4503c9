import { useEffect } from 'react';
import type { JoinRequestEntry } from '../../../common/contract/joining.ts';
import { allows } from '../../../common/roles.ts';
import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useJoinRequests } from '../../state/join-requests.ts';
import { useNode } from '../../state/node.ts';
import { useMembershipCall } from '../../state/use-membership-call.ts';
import { goTo } from '../routes.ts';

/** Says on every screen of an admin that a node asks to join: the number on its screen is good for a minute. */
export function JoinRequestsStrip() {
  const { t } = useTranslation('frame');
  useReadRequests();
  const requests = useJoinRequests((state) => state.requests);
  const [first] = requests;
  if (first === undefined) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="running" />}
      fact={
        requests.length === 1
          ? t('asksToJoin', { name: first.name, address: first.address })
          : t('askToJoin', { count: requests.length, names: requests.map(({ name }) => name).join(', ') })
      }
      act={
        <button
          type="button"
          className="sb-link"
          onClick={() =>
            goTo('settings', {
              section: 'trust',
              show: 'invites',
              ...(requests.length === 1 && { ask: 'admit', request: first.requestId }),
            })
          }
        >
          {t(requests.length === 1 ? 'letIn' : 'lookAtRequests')}
        </button>
      }
    />
  );
}

/** The node tells of each; this is for what may have been missed. */
const readAgainMs = 60_000;
const none: readonly JoinRequestEntry[] = [];

/** Keeps the requests as the node has them, as long as the frame is shown. */
function useReadRequests(): void {
  const asks = useNode(({ me }) => me !== undefined && allows(me.roles, 'admin'));
  const { state } = useMembershipCall('membership.requests', {}, { enabled: asks, pollMs: readAgainMs });
  // Who may not read them, or whose node has none to let in, has none.
  const requests = asks && (state.kind === 'ready' || state.kind === 'stale') ? state.data.requests : none;
  useEffect(() => useJoinRequests.setState({ requests }), [requests]);
}
