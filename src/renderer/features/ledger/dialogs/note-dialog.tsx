import { useState } from 'react';
import { Textarea, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { ledgerChanged } from '../../../state/ledger.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { showLedger } from '../ledger-route.ts';

/** As the contract has it. */
const longestNote = 1_000;
const longestTarget = 256;

/** Adds a note (danger level 2): it cannot be taken back, and says so. */
export function NoteDialog({ target, onClose }: { readonly target: string | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const name = useNode(({ status }) => status?.name) ?? common('thisNode');
  const [text, setText] = useState('');
  const [about, setAbout] = useState(target ?? '');
  const attempt = useAttempt();
  const submit = () =>
    void attempt.run(async () => {
      const params = { text: text.trim(), ...(about.trim() !== '' && { target: about.trim() }) };
      const { number } = await nodeClient().call('ledger.note', params, { timeoutMs: writeTimeoutMs });
      showToast({ title: t('noteAdded', { number: formatCount(number), name }) });
      onClose();
      await ledgerChanged(nodeClient());
      showLedger({ tab: 'entries' });
    });
  return (
    <FormDialog
      title={t('noteTitle')}
      verb={t('noteVerb')}
      working={attempt.working}
      disabled={text.trim() === ''}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 le-text">{t('noteMessage', { name })}</p>
      <Textarea
        label={t('field_note')}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={longestNote}
        minRows={3}
        autosize
        maxRows={8}
      />
      <TextInput
        label={t('field_about')}
        description={t('field_aboutHelp')}
        value={about}
        onChange={(event) => setAbout(event.currentTarget.value)}
        maxLength={longestTarget}
        autoComplete="off"
      />
    </FormDialog>
  );
}
