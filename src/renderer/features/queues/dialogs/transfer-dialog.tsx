import { useState } from 'react';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import { Select } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { leaderName } from '../model/group-table.ts';

interface TransferDialogProps {
  readonly group: GroupInfo;
  readonly onClose: () => void;
  readonly refresh: () => void;
}

/** The replica that is furthest. */
const furthest = '';

/** Hands the leadership of a group to another replica (danger level 2). */
export function TransferDialog({ group, onClose, refresh }: TransferDialogProps) {
  const { t } = useTranslation('queues');
  const [to, setTo] = useState(furthest);
  const attempt = useAttempt();
  const others = group.members.filter(({ role, brokerId }) => role !== 'learner' && brokerId !== group.leader);
  const leader = leaderName(group) ?? t('noLeader');
  const submit = () =>
    void attempt.run(async () => {
      const params = { groupId: group.groupId, ...(to !== furthest && { to }) };
      const { leader: now } = await nodeClient().call('brokers.transfer', params, { timeoutMs: writeTimeoutMs });
      const name = group.members.find(({ brokerId }) => brokerId === now)?.name ?? now;
      showToast({ title: t('transferred', { name, group: group.groupId }) });
      onClose();
      refresh();
    });
  return (
    <FormDialog
      title={t('transferTitle', { group: group.groupId })}
      verb={t('transferVerb')}
      careful
      working={attempt.working}
      disabled={others.length === 0}
      failure={attempt.failure ?? (others.length === 0 ? t('transferNobody') : undefined)}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 qu-text">{t('transferMessage', { group: group.groupId, name: leader, count: group.queues })}</p>
      <Select
        label={t('field_to')}
        data={[
          { value: furthest, label: t('transferFurthest') },
          ...others.map(({ brokerId, name, status, lag }) => ({
            value: brokerId,
            label: status === 'inactive' ? t('choiceInactive', { name }) : t('choiceLag', { name, lag: formatCount(lag ?? 0) }),
            disabled: status === 'inactive',
          })),
        ]}
        value={to}
        onChange={(value) => setTo(value ?? furthest)}
        allowDeselect={false}
        disabled={others.length === 0}
      />
      <KeyValues
        items={[
          [t('effect_writes'), t('transferPause')],
          [t('effect_clients'), t('transferClients')],
          [t('effect_undo'), t('transferUndo')],
        ]}
      />
    </FormDialog>
  );
}
