import type { ClusterMember } from '../../../../common/contract/membership.ts';
import type { SignalboxError } from '../../../../common/errors.ts';
import { Button } from '../../../design/controls/index.ts';
import { StateLabel, StateShape } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCall } from '../../../state/use-call.ts';
import { joinFailureOf } from './model/join-failure.ts';
import type { Joined, JoinOrder } from './use-joining.ts';

/** Links are made within a second or two of joining. */
const membersEveryMs = 1_000;
const mostMembers = 5;

/** The cluster that was joined, with its members as they are linked. */
export function Success({ joined, onClose }: { readonly joined: Joined; readonly onClose: () => void }) {
  const { t } = useTranslation('join');
  const { state } = useCall('membership.members', {}, { pollMs: membersEveryMs });
  const members = state.kind === 'ready' || state.kind === 'stale' ? state.data.members : [];
  const linked = members.filter(({ state: link }) => link === 'linked').length;
  const others = Math.max(members.length, joined.members) - 1;
  return (
    <div className="jn-form">
      <p className="sb-flex" role="status">
        <StateShape kind="valid" />
        <b>{t('joined', { name: joined.name })}</b>
      </p>
      <p className="sb-2 jn-help">{linked === 0 ? t('joinedLinking') : t('joinedDetail', { count: others, linked })}</p>
      {members.length > 0 && <Members members={members} />}
      <div className="sb-flex jn-end">
        <Button data-autofocus onClick={onClose}>
          {t('done')}
        </Button>
      </div>
    </div>
  );
}

const shapes = { self: 'online', linked: 'online', notLinked: 'unknown' } as const;

function Members({ members }: { readonly members: readonly ClusterMember[] }) {
  const { t } = useTranslation('join');
  return (
    <ul className="jn-members" aria-label={t('members')}>
      {members.slice(0, mostMembers).map(({ nodeId, name, state }) => (
        <li key={nodeId}>
          <b className="sb-clip">{name}</b>
          <StateLabel kind={shapes[state]}>{t(`member_${state}`)}</StateLabel>
        </li>
      ))}
      {members.length > mostMembers && <li className="sb-3">{t('moreMembers', { count: members.length - mostMembers })}</li>}
    </ul>
  );
}

/** Why this node did not join, and what to do. */
export function Failure(props: {
  readonly error: SignalboxError;
  readonly order: JoinOrder;
  readonly onRetry: () => void;
  readonly onChange: () => void;
}) {
  const { t } = useTranslation('join');
  const { t: common } = useTranslation('common');
  const { error, order } = props;
  const failure = joinFailureOf(error);
  const address = order.way === 'file' ? undefined : order.address;
  return (
    <div className="jn-form">
      <div role="alert" className="jn-failure">
        <StateLabel kind="failed">
          <b>{t(`failure.${failure}`)}</b>
        </StateLabel>
        <p className="sb-2 jn-help">{t(`failure.${failure}Do`)}</p>
      </div>
      <KeyValues
        items={[
          [common('error.code'), error.code],
          ...(address === undefined || address === '' ? [] : [[t('where'), address] as const]),
          [
            t('detail'),
            <span key="detail" className="jn-detail">
              {error.message}
            </span>,
          ],
        ]}
      />
      <div className="sb-flex jn-end">
        <Button variant="default" onClick={props.onRetry}>
          {t('tryAgain')}
        </Button>
        <Button data-autofocus onClick={props.onChange}>
          {t('change')}
        </Button>
      </div>
    </div>
  );
}
