import { useState } from 'react';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { Button, TextInput } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';

/** Gigabytes take their time. */
const timeoutMs = 3_600_000;

/** Writes a copy of a group to a file of the node's machine, while the group goes on. */
export function BackupDialog({ group, onClose }: { readonly group: GroupInfo; readonly onClose: () => void }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const [file, setFile] = useState('');
  const [made, setMade] = useState<ResultOf<'brokers.backup'>>();
  const attempt = useAttempt();
  const submit = () =>
    void attempt.run(async () => {
      const params = { groupId: group.groupId, ...(file.trim() !== '' && { file: file.trim() }) };
      setMade(await nodeClient().call('brokers.backup', params, { timeoutMs }));
    });
  if (made !== undefined) {
    const copy = async () => {
      const copied = await copyText(`${made.file}\nSHA-256 ${made.sha256}`);
      showToast(copied ? { title: common('copied') } : { title: t('idNotCopied'), tone: 'error' });
    };
    return (
      <Dialog title={t('backupTitle', { group: group.groupId })} opened onClose={onClose} closeLabel={common('close')} widthPx={520}>
        <div className="sb-form">
          <StateLabel kind="online">{t('backupDone', { node })}</StateLabel>
          <KeyValues
            items={[
              [
                t('fact_file'),
                <span key="file" className="sb-mono qu-anywhere">
                  {made.file}
                </span>,
              ],
              [t('fact_size'), formatBytes(made.sizeBytes)],
              [
                'SHA-256',
                <span key="sha" className="sb-mono qu-anywhere">
                  {made.sha256}
                </span>,
              ],
              [t('fact_index'), formatCount(made.index)],
            ]}
          />
          <div className="sb-flex">
            <span className="sb-grow" />
            <Button variant="default" onClick={() => void copy()}>
              {common('copyDetails')}
            </Button>
            <Button onClick={onClose}>{common('close')}</Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={t('backupTitle', { group: group.groupId })}
      verb={t('backupVerb')}
      working={attempt.working}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 qu-text">{t('backupText', { group: group.groupId, node, count: group.queues })}</p>
      <TextInput
        label={t('field_file')}
        description={t('fileHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={file}
        onChange={(event) => setFile(event.currentTarget.value)}
        maxLength={4_096}
        autoComplete="off"
        spellCheck={false}
      />
    </FormDialog>
  );
}
