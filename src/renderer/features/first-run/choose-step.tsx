import type { ReactNode } from 'react';
import type { ResultOf } from '../../../common/contract/index.ts';
import { allows } from '../../../common/roles.ts';
import { Button } from '../../design/controls/index.ts';
import { IconCirclePlus, IconPlayerPlay, IconTicket, StateLabel } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { startDemo, useDemo } from '../../state/demo.ts';
import { desktop } from '../../state/host.ts';
import { useNode } from '../../state/node.ts';
import type { ViewCall } from '../../state/use-call.ts';
import { ChecksPanel } from './checks-panel.tsx';
import type { Goal } from './goal.ts';
import { StepHead } from './step-head.tsx';

const icon = { size: 24, stroke: 1.5 };

/** Step 1: the demo, an existing cluster, or a new one. */
export function ChooseStep(props: {
  readonly call: ViewCall<ResultOf<'membership.status'>>;
  readonly onGoal: (goal: Goal) => void;
  readonly onNotNow: () => void;
}) {
  const { t } = useTranslation('firstRun');
  const { t: common } = useTranslation('common');
  const roles = useNode(({ me }) => me?.roles);
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const { state } = props.call;
  const cluster = state.kind === 'ready' || state.kind === 'stale' ? state.data.cluster : null;
  const mayChange = roles === undefined || allows(roles, 'admin');
  const open = mayChange && connected && cluster === null;
  const role = roles?.at(-1);
  return (
    <>
      <StepHead
        step={1}
        title={cluster === null ? t('chooseTitle') : t('chooseTitleMember', { name: cluster.name })}
        lead={cluster === null ? t('chooseLead') : t('chooseLeadMember', { name: cluster.name })}
      />
      {!mayChange && (
        <p className="fr-note">
          <StateLabel kind="paused">{t('forbidden', { role: role === undefined ? common('none') : common(`role_${role}`) })}</StateLabel>
        </p>
      )}
      <ul className="fr-cards">
        <DemoCard />
        <Card icon={<IconTicket {...icon} />} title={t('joinTitle')} text={t('joinText')} note={t('joinNote')}>
          <Button variant="default" disabled={!open} onClick={() => props.onGoal('join')}>
            {t('joinVerb')}
          </Button>
        </Card>
        <Card icon={<IconCirclePlus {...icon} />} title={t('createTitle')} text={t('createText')} note={t('createNote')}>
          <Button variant="default" disabled={!open} onClick={() => props.onGoal('create')}>
            {t('createVerb')}
          </Button>
        </Card>
      </ul>
      <ChecksPanel />
      <footer className="fr-foot">
        <button type="button" className="sb-link" onClick={props.onNotNow}>
          {t('notNow')}
        </button>
        <span className="sb-grow" />
        <span className="sb-3">
          {t('restore')} <code className="sb-mono sb-select">signalbox identity restore FILE</code>
        </span>
      </footer>
    </>
  );
}

function DemoCard() {
  const { t } = useTranslation('firstRun');
  const { state, failure } = useDemo();
  const note =
    desktop === undefined ? (
      <>
        {t('demoElsewhere')} <code className="sb-mono sb-select">signalbox demo</code>
      </>
    ) : state === 'starting' ? (
      t('demoStarting')
    ) : state === 'running' ? (
      t('demoRunning')
    ) : (
      t('demoNote')
    );
  return (
    <Card first icon={<IconPlayerPlay {...icon} />} title={t('demoTitle')} text={t('demoText')} note={note} failure={failure}>
      {desktop !== undefined && (
        <Button loading={state === 'starting'} disabled={state === 'running'} onClick={() => void startDemo()}>
          {t('demoVerb')}
        </Button>
      )}
    </Card>
  );
}

function Card(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
  readonly first?: boolean;
  readonly failure?: string | undefined;
}) {
  return (
    <li className="fr-card" data-first={props.first}>
      <span className="fr-card-icon">{props.icon}</span>
      <h2>{props.title}</h2>
      <p className="sb-2">{props.text}</p>
      <div role="alert">{props.failure !== undefined && <StateLabel kind="failed">{props.failure}</StateLabel>}</div>
      <div className="fr-card-act">
        {props.children}
        <span className="sb-3">{props.note}</span>
      </div>
    </li>
  );
}
