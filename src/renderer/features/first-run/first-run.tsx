import './first-run.css';
import './texts.ts';
import { useState } from 'react';
import { goTo, useRoute } from '../../app/routes.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { ScrollArea } from '../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { endFirstRun } from '../../state/first-run.ts';
import { useCall } from '../../state/use-call.ts';
import { ChecksStep } from './checks-step.tsx';
import { ChooseStep } from './choose-step.tsx';
import type { Goal } from './goal.ts';
import { IdentityStep } from './identity-step.tsx';

const statusEveryMs = 2_000;

/** What a person meets first (ui.md 4.10): choose a cluster, see who this node is, check that all is ready. */
export function FirstRun() {
  const { t } = useTranslation('firstRun');
  const { query } = useRoute();
  const goal: Goal = query.get('goal') === 'create' ? 'create' : 'join';
  const membership = useCall('membership.status', {}, { pollMs: statusEveryMs });
  const [finishing, setFinishing] = useState(false);
  const finish = async () => {
    setFinishing(true);
    try {
      await endFirstRun();
    } catch (error) {
      showToast({ title: t('finishFailed', { message: asSignalboxError(error).message }), tone: 'error' });
    }
    goTo('overview');
  };
  const step = query.get('step');
  return (
    <ScrollArea label={t('viewTitle')} key={step} className="fr-view">
      <div className="fr">
        {step === 'identity' ? (
          <IdentityStep
            goal={goal}
            call={membership}
            onBack={() => goTo('first-run')}
            onDone={() => goTo('first-run', { step: 'checks', goal })}
          />
        ) : step === 'checks' ? (
          <ChecksStep goal={goal} call={membership} finishing={finishing} onFinish={() => void finish()} />
        ) : (
          <ChooseStep
            call={membership}
            onGoal={(chosen) => goTo('first-run', { step: 'identity', goal: chosen })}
            onNotNow={() => void finish()}
          />
        )}
      </div>
    </ScrollArea>
  );
}
