import type { ResultOf } from '../../../common/contract/index.ts';
import { goTo } from '../../app/routes.ts';
import { Button } from '../../design/controls/index.ts';
import { StateLabel } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { ViewCall } from '../../state/use-call.ts';
import { ChecksPanel } from './checks-panel.tsx';
import type { Goal } from './goal.ts';
import { StepHead } from './step-head.tsx';

/** Step 3: ports, clock, key store and broker, now that the node is in a cluster; then the Overview. */
export function ChecksStep(props: {
  readonly goal: Goal;
  readonly call: ViewCall<ResultOf<'membership.status'>>;
  readonly finishing: boolean;
  readonly onFinish: () => void;
}) {
  const { t } = useTranslation('firstRun');
  const { state } = props.call;
  const cluster = state.kind === 'ready' || state.kind === 'stale' ? state.data.cluster : null;
  return (
    <>
      <StepHead
        step={3}
        title={cluster === null ? t('checksTitle') : t('checksTitleCluster', { name: cluster.name })}
        lead={t('checksLead')}
      />
      {cluster !== null && cluster.members > 1 && (
        <p className="fr-note">
          <StateLabel kind={cluster.linked > 0 ? 'online' : 'running'}>
            {cluster.linked === 0 ? t('notLinked') : t('linkedNow', { linked: cluster.linked, count: cluster.members - 1 })}
          </StateLabel>
        </p>
      )}
      <ChecksPanel />
      {props.goal === 'create' && cluster !== null && (
        <p className="fr-note sb-2">
          <b>{t('nextInvite')}.</b> {t('nextInviteText')}{' '}
          <button type="button" className="sb-link" onClick={() => goTo('settings', { section: 'trust' })}>
            {t('openTrust')}
          </button>
        </p>
      )}
      <footer className="fr-foot">
        <Button variant="default" onClick={() => goTo('first-run', { step: 'identity', goal: props.goal })}>
          {t('back')}
        </Button>
        <span className="sb-grow" />
        <Button loading={props.finishing} onClick={props.onFinish}>
          {t('finish')}
        </Button>
      </footer>
    </>
  );
}
