import { allows } from '../../../../common/roles.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { useRights } from '../../shared/rights.ts';
import { showGroup } from '../queues-route.ts';
import { turnBrokerOn } from '../turn-on.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { BrokerOffNote } from './broker-off-note.tsx';

/** A new group that begins with this node alone. */
export function CreateGroupDialog(props: { readonly data: QueuesData; readonly onClose: () => void; readonly refresh: () => void }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const rights = useRights();
  const attempt = useAttempt();
  const off = props.data.status?.state === 'off';
  const submit = () =>
    void attempt.run(async () => {
      if (off) await turnBrokerOn();
      const { groupId } = await nodeClient().call('brokers.createGroup', {}, { timeoutMs: writeTimeoutMs });
      showToast({ title: t('groupCreated', { group: groupId }) });
      props.onClose();
      props.refresh();
      showGroup(groupId);
    });
  return (
    <FormDialog
      title={t('createGroupTitle')}
      verb={off ? t('turnOnAndCreate') : t('createGroupVerb')}
      working={attempt.working}
      disabled={!allows(rights.roles, 'admin')}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={props.onClose}
    >
      <p className="sb-2 qu-text">{t('createGroupText', { node })}</p>
      {off && <BrokerOffNote node={node} />}
    </FormDialog>
  );
}
