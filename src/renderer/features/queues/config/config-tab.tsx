import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { QueueInfo, QueueOptions } from '../../../../common/contract/queues.ts';
import { allows } from '../../../../common/roles.ts';
import { Button } from '../../../design/controls/index.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatCount, formatTime } from '../../../state/format.ts';
import { act } from '../../shared/act.ts';
import { useRights } from '../../shared/rights.ts';
import type { QueueTabProps } from '../detail/queue-tab-props.ts';
import { changedOptions, droppedBy, formOf, type OptionsForm, optionsOf } from '../model/options-form.ts';
import { messagesChanged } from '../queues-store.ts';
import { OptionsFields } from './options-fields.tsx';

/** What the queue keeps and who may use it, to be changed by an admin; and what there is to know about it. */
export function ConfigTab({ queue, refresh }: QueueTabProps) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const { roles, connected } = useRights();
  const mayChange = connected && allows(roles, 'admin');
  const known = JSON.stringify(queue.options);
  const [form, setForm] = useState<OptionsForm>(() => formOf(queue.options));
  const [base, setBase] = useState(known);
  const [saving, setSaving] = useState(false);
  const [checked, setChecked] = useState(false);
  const [asking, setAsking] = useState<Partial<QueueOptions>>();
  const read = optionsOf(form);
  const changed = 'options' in read ? changedOptions(queue.options, read.options) : {};
  const isDirty = JSON.stringify(form) !== JSON.stringify(formOf(JSON.parse(base) as QueueOptions));
  // Somebody else changed it: what nobody has touched here follows.
  useEffect(() => {
    if (known === base) return;
    if (!isDirty) setForm(formOf(JSON.parse(known) as QueueOptions));
    setBase(known);
  }, [known, base, isDirty]);
  const save = async (options: Partial<QueueOptions>) => {
    setSaving(true);
    const words = { done: () => t('configured', { name: queue.name }), failed: t('notConfigured', { name: queue.name }) };
    const result = await act('queues.configure', { queue: queue.queueId, options }, words);
    setSaving(false);
    if (result === undefined) return;
    setBase(JSON.stringify(result.options));
    setForm(formOf(result.options));
    messagesChanged(queue.queueId);
    refresh();
  };
  const oldestAgeMs = queue.oldestAt === null ? null : queue.observedAt - queue.oldestAt;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if ('wrong' in read || Object.keys(changed).length === 0) return;
    if (droppedBy(changed, { messages: queue.messages, bytes: queue.bytes, oldestAgeMs }) !== undefined) setAsking(changed);
    else void save(changed);
  };
  return (
    <ScrollArea label={t('tab_config')}>
      <div className="sb-sec">
        <Facts queue={queue} />
      </div>
      <form className="qu-config" onSubmit={submit}>
        <OptionsFields
          form={form}
          onChange={setForm}
          wrong={checked && 'wrong' in read ? read.wrong : []}
          disabled={!mayChange || saving}
        />
        <div className="sb-flex">
          <Button type="submit" loading={saving} disabled={!mayChange || !isDirty}>
            {common('save')}
          </Button>
          <Button variant="default" disabled={!isDirty || saving} onClick={() => setForm(formOf(queue.options))}>
            {common('reset')}
          </Button>
          {!mayChange && <span className="sb-3">{common('needsRole', { role: common('role_admin') })}</span>}
        </div>
      </form>
      <ConfirmDialog
        confirmation={asking === undefined ? undefined : dropConfirmation(asking)}
        onAnswer={(yes) => {
          setAsking(undefined);
          if (yes && asking !== undefined) void save(asking);
        }}
      />
    </ScrollArea>
  );

  function dropConfirmation(options: Partial<QueueOptions>) {
    const dropped = droppedBy(options, { messages: queue.messages, bytes: queue.bytes, oldestAgeMs })?.messages;
    return {
      title: t('dropTitle', { name: queue.name }),
      message: t('dropMessage', { name: queue.name }),
      effects: [
        [t('effect_removed'), dropped === undefined ? t('dropSome') : t('messages', { count: dropped, amount: formatCount(dropped) })],
        [t('effect_undo'), t('undoNever')],
      ] as const,
      verb: t('dropVerb'),
      cancel: common('cancel'),
    };
  }
}

function Facts({ queue }: { readonly queue: QueueInfo }) {
  const { t } = useTranslation('queues');
  const oldest =
    queue.oldestAt === null ? '–' : t('oldest', { time: formatTime(queue.oldestAt), age: formatAge(queue.observedAt - queue.oldestAt) });
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('fact_id'), queue.queueId],
    [t('fact_group'), queue.groupId],
    [
      t('fact_sequences'),
      queue.messages === 0 ? '–' : t('sequences', { from: formatCount(queue.firstSequence), to: formatCount(queue.lastSequence) }),
    ],
    [t('fact_oldest'), oldest],
    [t('fact_dropped'), formatCount(queue.dropped)],
    [t('fact_created'), formatTime(queue.createdAt)],
  ];
  return <KeyValues items={facts} />;
}
