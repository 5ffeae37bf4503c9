import { useState } from 'react';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { clientIdPattern, type QueueInfo } from '../../../../common/contract/queues.ts';
import { Autocomplete, NumberInput } from '../../../design/controls/index.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { messageRow } from '../model/message.ts';

const most = 500;
/** Clients that are offered. */
const mostOffered = 200;

/** Takes the next messages for a client, which moves its position (danger level 2): said before, and counted. */
export function ReadDialog(props: { readonly queue: QueueInfo; readonly onClose: () => void; readonly refresh: () => void }) {
  const { t } = useTranslation('queues');
  const { queue, onClose, refresh } = props;
  const [clientId, setClientId] = useState('');
  const [max, setMax] = useState(1);
  const [checked, setChecked] = useState(false);
  const [taken, setTaken] = useState<ResultOf<'queues.read'>>();
  const attempt = useAttempt();
  const { state, refresh: readPositions } = useCall('queues.positions', { queue: queue.queueId });
  const positions = dataOf(state)?.positions ?? [];
  const known = positions.find((position) => position.clientId === clientId);
  const valid = clientIdPattern.test(clientId);
  const waiting = known === undefined ? queue.messages : known.lag;
  const moves = Math.min(max, waiting);
  const submit = () => {
    setChecked(true);
    if (!valid) return;
    void attempt.run(async () => {
      const params = { queue: queue.queueId, clientId, max, requestId: crypto.randomUUID() };
      setTaken(await nodeClient().call('queues.read', params, { timeoutMs: writeTimeoutMs }));
      refresh();
      readPositions();
    });
  };
  return (
    <FormDialog
      title={t('readTitle', { name: queue.name })}
      verb={t('readVerb', { count: max })}
      careful
      widthPx={560}
      working={attempt.working}
      done={taken !== undefined}
      failure={attempt.failure}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="qu-fields">
        <Autocomplete
          label={t('field_client')}
          placeholder="C-ABC12"
          data={positions.slice(0, mostOffered).map((position) => position.clientId)}
          value={clientId}
          onChange={setClientId}
          error={checked && !valid ? t('clientRule') : undefined}
          maxLength={64}
          spellCheck={false}
        />
        <NumberInput
          label={t('field_max')}
          value={max}
          onChange={(value) => setMax(Math.min(most, Math.max(1, Math.floor(Number(value)) || 1)))}
          min={1}
          max={most}
          allowDecimal={false}
        />
      </div>
      <div className="qu-form-note" role="note">
        <StateShape kind="warn" />
        <div>
          <b>{valid ? t('readMoves', { client: clientId, count: moves, amount: formatCount(moves) }) : t('readMovesSome')}</b>
          <p>{known === undefined && valid ? t('readNew', { client: clientId }) : t('readMeans')}</p>
        </div>
      </div>
      {taken !== undefined && <Taken taken={taken} clientId={clientId} />}
    </FormDialog>
  );
}

/** What was taken. */
function Taken({ taken, clientId }: { readonly taken: ResultOf<'queues.read'>; readonly clientId: string }) {
  const { t } = useTranslation('queues');
  const { messages, position } = taken;
  if (messages.length === 0) return <p role="status">{t('readNothing', { client: clientId })}</p>;
  return (
    <section aria-label={t('readTaken')}>
      <p className="sb-h qu-text" role="status">
        {t('readDone', { count: messages.length, amount: formatCount(messages.length), position: formatCount(position) })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="qu-taken" tabIndex={0} aria-label={t('readTaken')}>
        {messages.map((message) => (
          <li key={message.sequence}>
            <span className="sb-num">{formatCount(message.sequence)}</span>
            <span className="sb-3 sb-num">{formatBytes(message.sizeBytes)}</span>
            <span className="sb-mono sb-2 sb-clip sb-select qu-value">{messageRow(message).preview}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
