import { type KeyboardEvent, useEffect, useState } from 'react';
import { allows } from '../../../../common/roles.ts';
import { type EventName, eventNames } from '../../../../common/wire/messages.ts';
import { Button, Select, TextInput, Tooltip } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { messageOf } from '../acts.ts';
import { useEvents } from '../events-state.ts';
import { parsePayload } from '../model/payload-text.ts';

type Outcome = { readonly kind: 'done' | 'failed'; readonly text: string };

/** Publishes one event. JSON is looked at on leaving the field and on sending, never while it is first written. */
export function PublishBar() {
  const { t } = useTranslation('events');
  const { t: common } = useTranslation('common');
  const me = useNode((state) => state.me);
  const draft = useEvents((state) => state.draft);
  const [name, setName] = useState<EventName>('data_generated');
  const [checked, setChecked] = useState(false);
  const [working, setWorking] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const payload = parsePayload(draft.text);
  const role = me?.roles.at(-1);
  const reason =
    me !== undefined && !allows(me.roles, 'operator') ? t('publishViewer', { role: common(`role_${role ?? 'viewer'}`) }) : undefined;
  const change = (part: Partial<typeof draft>) => {
    useEvents.setState({ draft: { ...draft, ...part } });
    setOutcome(undefined);
  };
  const send = async () => {
    setChecked(true);
    if (reason !== undefined || working) return;
    if (draft.topic.trim() === '') {
      setOutcome({ kind: 'failed', text: t('publishTopicNeeded') });
      return;
    }
    if (payload.problem !== undefined) return;
    setWorking(true);
    try {
      const { topic, seq, subscribers } = await nodeClient().call('events.publish', {
        topic: draft.topic.trim(),
        name,
        data: payload.value,
      });
      setOutcome({
        kind: 'done',
        text: t('published', { topic, seq: formatCount(seq), count: subscribers, amount: formatCount(subscribers) }),
      });
    } catch (error) {
      setOutcome({ kind: 'failed', text: messageOf(error) });
    } finally {
      setWorking(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    void send();
  };
  useEffect(() => {
    if (draft.text === '') setChecked(false);
  }, [draft.text]);
  const problem = checked && payload.problem !== undefined ? t('publishNotJson', { reason: payload.problem }) : undefined;
  return (
    <div className="sb-events-publish" data-region="publish">
      <div className="sb-events-publish-fields">
        <TextInput
          aria-label={t('publishTopic')}
          placeholder={t('publishTopicPlaceholder')}
          value={draft.topic}
          onChange={(event) => change({ topic: event.currentTarget.value })}
          onKeyDown={onKeyDown}
          classNames={{ root: 'sb-events-publish-topic', input: 'sb-mono' }}
          spellCheck={false}
          autoComplete="off"
        />
        <TextInput
          aria-label={t('publishPayload')}
          placeholder='{"text":"Valve 3 checked"}'
          value={draft.text}
          onChange={(event) => change({ text: event.currentTarget.value })}
          onBlur={() => setChecked(draft.text !== '')}
          onKeyDown={onKeyDown}
          error={problem !== undefined}
          classNames={{ root: 'sb-grow', input: 'sb-mono' }}
          spellCheck={false}
          autoComplete="off"
        />
        <Select
          aria-label={t('publishName')}
          data={[...eventNames]}
          value={name}
          onChange={(next) => setName((next ?? 'data_generated') as EventName)}
          w={164}
          comboboxProps={{ position: 'top-end', width: 200 }}
        />
        <Tooltip label={reason} disabled={reason === undefined}>
          <Button onClick={() => void send()} loading={working} data-disabled={reason !== undefined} aria-disabled={reason !== undefined}>
            {t('publish')}
          </Button>
        </Tooltip>
      </div>
      <div className="sb-events-publish-word" role="status">
        {problem !== undefined ? (
          <StateLabel kind="failed">{problem}</StateLabel>
        ) : outcome !== undefined ? (
          <StateLabel kind={outcome.kind === 'done' ? 'online' : 'failed'}>{outcome.text}</StateLabel>
        ) : (
          reason !== undefined && <span className="sb-3">{reason}</span>
        )}
      </div>
    </div>
  );
}
