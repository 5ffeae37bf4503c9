import './create-cluster.css';
import '../membership-texts.ts';
import { useEffect, useState } from 'react';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { desktop } from '../../../state/host.ts';
import { membershipChanged } from '../../../state/membership.ts';
import { nodeClient } from '../../../state/node.ts';
import { ConfirmStep } from './confirm-step.tsx';
import { type AskedWord, chooseTwo } from './confirm-words.ts';
import { NameStep } from './name-step.tsx';
import { WordsStep } from './words-step.tsx';

interface Created {
  readonly name: string;
  readonly words: readonly string[];
  readonly asked: readonly [AskedWord, AskedWord];
}

/**
 * Founds a cluster with this node as its first admin: its name, the recovery words shown once, two of them typed back. Once the
 * words are shown nothing but the last step closes it: they cannot be had again.
 */
export function CreateClusterDialog(props: {
  readonly onClose: () => void;
  /** Called once, when the person has gone past the recovery words. */
  readonly onCreated?: () => void;
}) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [created, setCreated] = useState<Created>();
  const [confirming, setConfirming] = useState(false);
  useAskBeforeLeaving(created !== undefined);
  const create = async (name: string) => {
    const { recoveryWords, ...cluster } = await nodeClient().call('membership.create', { name });
    setCreated({ name: cluster.name, words: recoveryWords, asked: chooseTwo(recoveryWords) });
    membershipChanged();
  };
  const finish = () => {
    showToast({ title: t('created', { cluster: created?.name }) });
    props.onClose();
    props.onCreated?.();
  };
  const title = created === undefined ? t('createTitle') : t(confirming ? 'confirmWordsTitle' : 'wordsTitle', { cluster: created.name });
  return (
    <Dialog
      title={title}
      opened
      onClose={props.onClose}
      closeLabel={common('close')}
      widthPx={created === undefined ? 460 : 600}
      closable={created === undefined}
    >
      {created === undefined && <NameStep onCreate={create} onCancel={props.onClose} />}
      {created !== undefined && !confirming && (
        <WordsStep cluster={created.name} words={created.words} onNext={() => setConfirming(true)} />
      )}
      {created !== undefined && confirming && (
        <ConfirmStep asked={created.asked} onBack={() => setConfirming(false)} onConfirmed={finish} />
      )}
    </Dialog>
  );
}

/** A browser asks before the page is left. The window of the application has no such question: it would not close and not say why. */
function useAskBeforeLeaving(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || desktop !== undefined) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [wanted]);
}
