import { useState } from 'react';
import { TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { showGroup } from '../queues-route.ts';

/** Gigabytes take their time. */
const timeoutMs = 3_600_000;

/** Begins a new group with what a backup holds. */
export function RestoreDialog({ onClose, refresh }: { readonly onClose: () => void; readonly refresh: () => void }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const [file, setFile] = useState('');
  const attempt = useAttempt();
  const submit = () =>
    void attempt.run(async () => {
      const made = await nodeClient().call('brokers.restore', { file: file.trim() }, { timeoutMs });
      const words = { group: made.groupId, count: made.queues, messages: formatCount(made.messages) };
      showToast({ title: t('restored', words) });
      onClose();
      refresh();
      showGroup(made.groupId);
    });
  return (
    <FormDialog
      title={t('restoreTitle')}
      verb={t('restoreVerb')}
      working={attempt.working}
      disabled={file.trim() === ''}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 qu-text">{t('restoreText', { node })}</p>
      <TextInput
        label={t('field_file')}
        placeholder="/var/backups/queues.sgbx"
        value={file}
        onChange={(event) => setFile(event.currentTarget.value)}
        maxLength={4_096}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
    </FormDialog>
  );
}
