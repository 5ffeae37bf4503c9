import { goTo } from '../../app/routes.ts';
import { Button } from '../../design/controls/index.ts';
import { Empty } from '../../design/feedback/states.tsx';
import { IconStack2, StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { dataOf } from '../../state/use-call.ts';
import { useMembershipCall } from '../../state/use-membership-call.ts';
import { mayNow, useRights } from '../shared/rights.ts';
import { openQueueDialog } from './queues-dialogs.ts';

const join = () => goTo('settings', { section: 'trust', ask: 'join' });

/**
 * Whether this node hears of others and is no member of their cluster: their brokers tell members alone what they keep
 * (security.md 2.4), so that an empty list says nothing of them. Undefined until that is known.
 */
export function useOutside(): boolean | undefined {
  const others = useCluster(({ nodes }) => nodes.length > 1);
  const { state } = useMembershipCall('membership.status', {}, { enabled: others });
  if (!others || state.kind === 'error') return false;
  const own = dataOf(state);
  return own === undefined ? undefined : own.cluster === null;
}

/** No queue is shown because this node is a member of no cluster: what is hidden, and how to be shown it. */
export function NoneShown() {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const others = useCluster(({ nodes }) => nodes.length - 1);
  return (
    <Empty
      icon={<IconStack2 size={24} stroke={1.5} />}
      title={t('outsideTitle')}
      act={
        <>
          <Button disabled={!mayNow(rights, 'admin')} onClick={join}>
            {t('outsideAct')}
          </Button>
          <Button variant="default" disabled={!mayNow(rights, 'operator')} onClick={() => openQueueDialog({ kind: 'create' })}>
            {t('newQueue')}
          </Button>
        </>
      }
      terminal={{ label: t('terminal'), command: 'signalbox cluster join CODE --at HOST:PORT' }}
    >
      {t('outsideText', { count: others })}
    </Empty>
  );
}

/** The queues of this node are shown, and none of others. */
export function OutsideStrip() {
  const { t } = useTranslation('queues');
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="unknown" />}
      fact={t('outsideFact')}
      act={
        <button type="button" className="sb-link" onClick={join}>
          {t('outsideAct')}
        </button>
      }
    >
      {t('outsideDetail')}
    </Strip>
  );
}
