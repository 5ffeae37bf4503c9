import { type FormEvent, useEffect, useState } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { Button, Select, TextInput } from '../../../design/controls/index.ts';
import { IconCheck, IconEye, IconFilter, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { faultPosition } from '../../shared/fault-position.ts';
import { FilterFault } from '../../shared/filter-fault.tsx';
import { parseSequence, parseTime, type Start, type StartKind, startKinds, startOf, startText } from '../model/start.ts';
import { showMessages } from '../queues-route.ts';
import { messageFilterId } from '../queues-store.ts';
import { type Browse, peekCount } from './use-browse.ts';

interface PeekBarProps {
  readonly queue: QueueInfo;
  /** As the address has it. */
  readonly from: string;
  readonly filter: string;
  readonly browse: Browse;
}

/** From where, which, and the button: nothing is asked while it is typed. */
export function PeekBar({ queue, from, filter, browse }: PeekBarProps) {
  const { t } = useTranslation('queues');
  const [kind, setKind] = useState<StartKind>(startOf(from).kind);
  const [place, setPlace] = useState(() => placeText(startOf(from)));
  const [text, setText] = useState(filter);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    const start = startOf(from);
    setKind(start.kind);
    setPlace(placeText(start));
    setWrong(false);
  }, [from]);
  useEffect(() => setText(filter), [filter]);
  const go = (next: StartKind) => {
    const start = readStart(next, place);
    setWrong(start === undefined);
    if (start === undefined) return;
    const asked = { from: startText(start), filter: text.trim() };
    if (asked.from === from && asked.filter === filter) browse.peek();
    else showMessages({ ...asked, message: undefined });
  };
  const choose = (next: StartKind) => {
    setKind(next);
    setWrong(false);
    setPlace(next === 'sequence' ? formatCount(queue.firstSequence) : '');
    if (next === 'latest' || next === 'first') go(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go(kind);
  };
  const fault = browse.error?.code === 'INVALID_PARAMS' ? browse.error : undefined;
  return (
    <form className="qu-peek" onSubmit={submit} aria-label={t('peekForm')}>
      <div className="qu-peek-fields">
        <Select
          aria-label={t('from')}
          data={startKinds.map((value) => ({ value, label: t(`from_${value}`) }))}
          value={kind}
          onChange={(next) => choose((next ?? 'latest') as StartKind)}
          allowDeselect={false}
          w={124}
        />
        {(kind === 'sequence' || kind === 'time') && (
          <TextInput
            aria-label={t(`place_${kind}`)}
            placeholder={kind === 'time' ? '12:01:30' : '88,119'}
            title={t(`placeHelp_${kind}`)}
            value={place}
            onChange={(event) => setPlace(event.currentTarget.value)}
            error={wrong}
            w={kind === 'time' ? 148 : 92}
            autoComplete="off"
          />
        )}
        <TextInput
          id={messageFilterId}
          aria-label={t('messageFilter')}
          placeholder={t('messageFilterPlaceholder')}
          title={t('messageFilterHelp')}
          classNames={{ root: 'sb-grow qu-peek-filter', input: 'sb-mono' }}
          leftSection={<IconFilter size={14} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fault !== undefined}
          maxLength={512}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" leftSection={<IconEye size={14} stroke={1.6} />} loading={browse.running === 'first'}>
          {t('peek', { count: peekCount })}
        </Button>
        <span className="qu-moves sb-2" title={t('movesNothingHelp')}>
          <IconCheck size={14} stroke={1.6} className="sb-ok" />
          {t('movesNothing')}
        </span>
      </div>
      <div role="alert">
        {wrong && <StateLabel kind="failed">{t(`placeHelp_${kind === 'time' ? 'time' : 'sequence'}`)}</StateLabel>}
        {!wrong && fault !== undefined && <FilterFault text={filter} message={fault.message} position={faultPosition(fault.data)} />}
      </div>
    </form>
  );
}

function placeText(start: Start): string {
  if (start.kind === 'sequence') return formatCount(start.sequence);
  return start.kind === 'time' ? formatTime(start.atMs) : '';
}

function readStart(kind: StartKind, place: string): Start | undefined {
  if (kind === 'sequence') {
    const sequence = parseSequence(place);
    return sequence === undefined ? undefined : { kind, sequence };
  }
  if (kind === 'time') {
    const atMs = parseTime(place, Date.now());
    return atMs === undefined ? undefined : { kind, atMs };
  }
  return { kind };
}
