import { type ReactNode, useState } from 'react';
import type { ResultOf } from '../../../common/contract/index.ts';
import { Button, TextInput } from '../../design/controls/index.ts';
import { Loading } from '../../design/feedback/states.tsx';
import { StateLabel } from '../../design/icons/index.ts';
import { onDemand } from '../../design/on-demand.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { asSignalboxError } from '../../state/as-signalbox-error.ts';
import { useHints } from '../../state/hints.ts';
import { nodeClient, refreshStatus } from '../../state/node.ts';
import type { ViewCall } from '../../state/use-call.ts';
import { CallFailure } from '../shared/call-failure.tsx';
import type { Goal } from './goal.ts';
import { StepHead } from './step-head.tsx';

const JoinDialog = onDemand(() => import('../shared/join/join-dialog.tsx').then((module) => module.JoinDialog));
const BackupDialog = onDemand(() => import('../shared/backup/backup-dialog.tsx').then((module) => module.BackupDialog));
const CreateClusterDialog = onDemand(() =>
  import('../shared/create-cluster/create-cluster-dialog.tsx').then((module) => module.CreateClusterDialog),
);

/** As the node has it. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/;
const stores = ['safe-storage', 'passphrase', 'key-file', 'memory'] as const;

/** Step 2: the key that was made, the name, a backup; then joining or creating. */
export function IdentityStep(props: {
  readonly goal: Goal;
  readonly call: ViewCall<ResultOf<'membership.status'>>;
  readonly onBack: () => void;
  /** The node is in a cluster. */
  readonly onDone: () => void;
}) {
  const { t } = useTranslation('firstRun');
  const { t: common } = useTranslation('common');
  const { state, retry } = props.call;
  return (
    <>
      <StepHead step={2} title={t('identityTitle')} lead={t('identityLead')} />
      {state.kind === 'loading' && (
        <Loading rows={4} asking={(seconds) => common('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} />
      )}
      {state.kind === 'error' && <CallFailure title={t('identityFailed')} error={state.error} call="membership.status" onRetry={retry} />}
      {(state.kind === 'ready' || state.kind === 'stale') && <Identity {...props} status={state.data} />}
    </>
  );
}

function Identity(props: {
  readonly goal: Goal;
  readonly status: ResultOf<'membership.status'>;
  readonly onBack: () => void;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation('firstRun');
  const { goal, status } = props;
  const [name, setName] = useState(status.name);
  const [left, setLeft] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [saving, setSaving] = useState(false);
  const [open, setOpen] = useState<Goal | 'backup'>();
  const backedUp = useHints((hints) => hints.backedUp);
  const wrong = !namePattern.test(name);
  const problem = failure ?? (wrong && left ? t('nameRule') : undefined);
  const close = () => setOpen(undefined);
  const next = async () => {
    setLeft(true);
    if (wrong) return;
    setSaving(true);
    setFailure(undefined);
    try {
      if (name !== status.name) {
        await nodeClient().call('config.set', { values: { 'node.name': name } });
        await refreshStatus();
      }
      if (status.cluster === null) setOpen(goal);
      else props.onDone();
    } catch (error) {
      setFailure(t('nameFailed', { message: asSignalboxError(error).message }));
    }
    setSaving(false);
  };
  const store = stores.find((known) => known === status.keyStore);
  return (
    <>
      <div className="fr-panel">
        <Fact label={t('name')} labelFor="fr-name">
          <TextInput
            id="fr-name"
            className="fr-name"
            description={t('nameHelp')}
            autoComplete="off"
            spellCheck={false}
            value={name}
            error={problem === undefined ? undefined : <StateLabel kind="failed">{problem}</StateLabel>}
            onChange={(event) => {
              setFailure(undefined);
              setName(event.currentTarget.value.trim());
            }}
            onBlur={() => setLeft(true)}
          />
        </Fact>
        <Fact label={t('fingerprint')}>
          <p className="fr-words sb-select">{status.fingerprint.words.join(' ')}</p>
          <p className="sb-mono sb-3 sb-select">{status.fingerprint.hex}</p>
          <p className="sb-3">{t('fingerprintHelp')}</p>
        </Fact>
        <Fact label={t('keptBy')}>
          <p>{store === undefined ? status.keyStore : t(`store_${store}`)}</p>
        </Fact>
        <Fact label={t('backup')}>
          <div className="sb-flex">
            <Button variant="default" onClick={() => setOpen('backup')}>
              {t('backupVerb')}
            </Button>
            {backedUp && <StateLabel kind="online">{t('backupDone')}</StateLabel>}
          </div>
          <p className="sb-3">{t('backupHelp')}</p>
        </Fact>
      </div>
      <footer className="fr-foot">
        <Button variant="default" onClick={props.onBack}>
          {t('back')}
        </Button>
        <span className="sb-grow" />
        <Button loading={saving} onClick={() => void next()}>
          {status.cluster === null ? t(`continue_${goal}`) : t('continue')}
        </Button>
      </footer>
      {open === 'backup' && <BackupDialog onClose={close} />}
      {open === 'join' && <JoinStep onClose={close} onDone={props.onDone} />}
      {open === 'create' && <CreateClusterDialog onClose={close} onCreated={props.onDone} />}
    </>
  );
}

/** Joining ends the step when the person has seen that it worked. */
function JoinStep(props: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [joined, setJoined] = useState(false);
  return (
    <JoinDialog
      onJoined={() => setJoined(true)}
      onClose={() => {
        props.onClose();
        if (joined) props.onDone();
      }}
    />
  );
}

function Fact(props: { readonly label: string; readonly labelFor?: string; readonly children: ReactNode }) {
  return (
    <div className="fr-fact">
      {props.labelFor === undefined ? (
        <span className="fr-fact-label">{props.label}</span>
      ) : (
        <label className="fr-fact-label" htmlFor={props.labelFor}>
          {props.label}
        </label>
      )}
      <div className="fr-fact-value">{props.children}</div>
    </div>
  );
}
