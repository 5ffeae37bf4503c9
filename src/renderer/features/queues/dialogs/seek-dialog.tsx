import { useState } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { Select, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { seekEffect } from '../model/seek.ts';
import { parseSequence, parseTime, type StartKind, startKinds } from '../model/start.ts';

interface SeekDialogProps {
  readonly queue: QueueInfo;
  readonly clientId: string;
  readonly onClose: () => void;
  readonly refresh: () => void;
}

/** Moves a client's position (danger level 3): how many messages repeat or are skipped is said first, and its name is typed. */
export function SeekDialog({ queue, clientId, onClose, refresh }: SeekDialogProps) {
  const { t } = useTranslation('queues');
  const [kind, setKind] = useState<StartKind>('sequence');
  const [place, setPlace] = useState('');
  const [typed, setTyped] = useState('');
  const attempt = useAttempt();
  const { state } = useCall('queues.positions', { queue: queue.queueId }, { pollMs: 2_000 });
  const now = dataOf(state)?.positions.find((position) => position.clientId === clientId)?.position;
  const target = useTarget(queue, kind, place);
  const effect = now === undefined || target.position === undefined ? undefined : seekEffect(queue, now, target.position);
  const submit = () => {
    const { position } = target;
    if (position === undefined) return;
    void attempt.run(async () => {
      await nodeClient().call('queues.seek', { queue: queue.queueId, clientId, position }, { timeoutMs: writeTimeoutMs });
      showToast({ title: t('sought', { client: clientId, sequence: formatCount(position + 1) }) });
      onClose();
      refresh();
    });
  };
  const counted = (count: number) => (count === 0 ? t('nothing') : t('messages', { count, amount: formatCount(count) }));
  return (
    <FormDialog
      title={t('seekTitle', { client: clientId })}
      verb={t('seekVerb')}
      dangerous
      careful
      working={attempt.working}
      disabled={effect === undefined || typed !== clientId}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="sb-2 qu-text">
        {t('seekMessage', { client: clientId, name: queue.name, position: now === undefined ? '–' : formatCount(now) })}
      </p>
      <div className="qu-fields">
        <Select
          label={t('field_seekTo')}
          data={startKinds.map((value) => ({ value, label: t(`seek_${value}`) }))}
          value={kind}
          onChange={(value) => setKind((value ?? 'sequence') as StartKind)}
          allowDeselect={false}
        />
        {(kind === 'sequence' || kind === 'time') && (
          <TextInput
            label={t(`place_${kind}`)}
            placeholder={kind === 'time' ? '12:01:30' : formatCount(queue.firstSequence)}
            value={place}
            onChange={(event) => setPlace(event.currentTarget.value)}
            error={target.problem}
            autoComplete="off"
          />
        )}
      </div>
      <KeyValues
        items={[
          [t('effect_next'), target.position === undefined ? '–' : t('nextIs', { sequence: formatCount(target.position + 1) })],
          [t('effect_again'), effect === undefined ? '–' : counted(effect.again)],
          [t('effect_skipped'), effect === undefined ? '–' : counted(effect.skipped)],
          [t('effect_undo'), now === undefined ? '–' : t('seekUndo', { position: formatCount(now) })],
        ]}
      />
      <TextInput
        label={t('typeToConfirm', { name: clientId })}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
    </FormDialog>
  );
}

interface Target {
  /** The last message that counts as read then. */
  readonly position: number | undefined;
  readonly problem: string | undefined;
}

/** Where the position would be. A time is looked up in the queue. */
function useTarget(queue: QueueInfo, kind: StartKind, place: string): Target {
  const { t } = useTranslation('queues');
  const [openedAtMs] = useState(() => Date.now());
  const atMs = kind === 'time' ? parseTime(place, openedAtMs) : undefined;
  const params = { queue: queue.queueId, from: { at: atMs ?? 0 }, direction: 'forward' as const, limit: 1 };
  const { state } = useCall('queues.browse', params, { enabled: atMs !== undefined });
  switch (kind) {
    case 'first':
      return { position: Math.max(0, queue.firstSequence - 1), problem: undefined };
    case 'latest':
      return { position: queue.lastSequence, problem: undefined };
    case 'sequence': {
      const sequence = parseSequence(place);
      if (sequence === undefined || sequence < 1)
        return { position: undefined, problem: place === '' ? undefined : t('placeHelp_sequence') };
      return { position: sequence - 1, problem: undefined };
    }
    case 'time': {
      if (atMs === undefined) return { position: undefined, problem: place === '' ? undefined : t('placeHelp_time') };
      if (state.kind === 'error') return { position: undefined, problem: state.error.message };
      const found = dataOf(state);
      if (found === undefined || state.kind === 'loading') return { position: undefined, problem: undefined };
      const [first] = found.messages;
      return { position: first === undefined ? queue.lastSequence : first.sequence - 1, problem: undefined };
    }
  }
}
