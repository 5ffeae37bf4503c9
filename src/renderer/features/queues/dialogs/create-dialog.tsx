import { useState } from 'react';
import { queueNamePattern } from '../../../../common/contract/queues.ts';
import { allows } from '../../../../common/roles.ts';
import { Select, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { useRights } from '../../shared/rights.ts';
import { OptionsFields } from '../config/options-fields.tsx';
import { leaderName } from '../model/group-table.ts';
import { changedOptions, emptyForm, optionsOf } from '../model/options-form.ts';
import { showQueue } from '../queues-route.ts';
import { turnBrokerOn } from '../turn-on.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { BrokerOffNote } from './broker-off-note.tsx';

interface CreateDialogProps {
  readonly data: QueuesData;
  readonly onClose: () => void;
  readonly refresh: () => void;
}

/** The group is chosen by the node: the one with the least to do. */
const leastLoaded = '';
const defaults = optionsOf(emptyForm);

/** A new queue: its name, where it is kept, what it keeps. Where nobody keeps queues yet, this node begins. */
export function CreateDialog({ data, onClose, refresh }: CreateDialogProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const rights = useRights();
  const [name, setName] = useState('');
  const [groupId, setGroupId] = useState(leastLoaded);
  const [form, setForm] = useState(emptyForm);
  const [checked, setChecked] = useState(false);
  const attempt = useAttempt();
  const turnsOn = data.groups.size === 0 && data.status?.state === 'off';
  const mayTurnOn = allows(rights.roles, 'admin');
  const read = optionsOf(form);
  const taken = data.queues.some((queue) => queue.name === name && (groupId === leastLoaded || queue.groupId === groupId));
  const nameProblem = !queueNamePattern.test(name) ? t('nameRule') : taken ? t('nameTaken', { name }) : undefined;
  const submit = () => {
    setChecked(true);
    if (nameProblem !== undefined || 'wrong' in read || 'wrong' in defaults) return;
    // What was not touched stays as the node has it by default.
    const options = changedOptions(defaults.options, read.options);
    void attempt.run(async () => {
      if (turnsOn) await turnBrokerOn();
      const params = { name, options, ...(groupId !== leastLoaded && { groupId }) };
      const made = await nodeClient().call('queues.create', params, { timeoutMs: writeTimeoutMs });
      showToast({ title: t(made.created ? 'created' : 'wasThere', { name: made.name, group: made.groupId }) });
      onClose();
      refresh();
      showQueue(made.queueId);
    });
  };
  const groups = [...data.groups.values()].map((group) => ({
    value: group.groupId,
    label: t('groupChoice', { group: group.groupId, name: leaderName(group) ?? t('noLeader'), count: group.queues }),
    disabled: !group.writable,
  }));
  return (
    <FormDialog
      title={t('createTitle')}
      verb={turnsOn ? t('turnOnAndCreate') : t('createVerb')}
      widthPx={520}
      working={attempt.working}
      disabled={turnsOn && !mayTurnOn}
      failure={attempt.failure}
      note={turnsOn && !mayTurnOn ? common('needsRole', { role: common('role_admin') }) : undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      {turnsOn && <BrokerOffNote node={node} />}
      <TextInput
        label={t('field_name')}
        description={t('nameHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={checked ? nameProblem : undefined}
        maxLength={96}
        autoComplete="off"
        spellCheck={false}
      />
      {groups.length > 0 && (
        <Select
          label={t('field_group')}
          data={[{ value: leastLoaded, label: t('leastLoaded') }, ...groups]}
          value={groupId}
          onChange={(value) => setGroupId(value ?? leastLoaded)}
          allowDeselect={false}
        />
      )}
      <OptionsFields form={form} onChange={setForm} wrong={checked && 'wrong' in read ? read.wrong : []} disabled={attempt.working} />
    </FormDialog>
  );
}
