import { type KeyboardEvent, useEffect, useState } from 'react';
import { SignalboxError } from '../../../../common/errors.ts';
import { allows } from '../../../../common/roles.ts';
import { type EventName, eventNames } from '../../../../common/wire/messages.ts';
import { Button, Select, TextInput, Tooltip } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { NodeShape } from '../../../design/icons/node-shape.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { useScope } from '../../../state/scope.ts';
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
  const node = usePublishNode();
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
      const params = { topic: draft.topic.trim(), name, data: payload.value };
      const target = node.isOther ? { target: { node: node.nodeId } } : {};
      const { topic, seq, subscribers } = await nodeClient().call('events.publish', params, target);
      const numbers = { topic, seq: formatCount(seq), count: subscribers, amount: formatCount(subscribers) };
      setOutcome({ kind: 'done', text: node.isOther ? t('publishedOn', { ...numbers, node: node.name }) : t('published', numbers) });
    } catch (error) {
      const denied = node.isOther && error instanceof SignalboxError && error.code === 'FORBIDDEN' && error.message.includes(' role ');
      const why = denied ? ` ${t('publishDenied', { node: node.name, setting: 'federation.unsignedRole' })}` : '';
      setOutcome({ kind: 'failed', text: `${messageOf(error)}${why}` });
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
        {node.choices.length > 1 && (
          <Select
            aria-label={t('publishNode')}
            data={node.choices.map((choice) => ({ value: choice.nodeId, label: choice.name }))}
            value={node.nodeId}
            onChange={(nodeId) => change({ nodeId: nodeId ?? undefined })}
            searchable
            leftSection={node.info === undefined ? undefined : <NodeShape node={node.info} />}
            className="sb-events-publish-node"
            comboboxProps={{ position: 'top-start', width: 240 }}
          />
        )}
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
          w={140}
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

/** Where an event is published: the node that was chosen, else the instance that is looked at, else the own node. */
function usePublishNode() {
  const nodes = useCluster((state) => state.nodes);
  const scope = useScope((state) => state.scope);
  const chosen = useEvents((state) => state.draft.nodeId);
  const nameOf = useNodeNames();
  const own = nodes.find((node) => node.self)?.nodeId ?? '';
  const nodeId = chosen ?? (scope.kind === 'node' ? scope.nodeId : own);
  const known = nodes.map((node) => ({ nodeId: node.nodeId, name: nameOf(node.nodeId) }));
  return {
    nodeId,
    name: nameOf(nodeId),
    isOther: nodeId !== own && own !== '',
    info: nodes.find((node) => node.nodeId === nodeId),
    choices: known.some((choice) => choice.nodeId === nodeId) ? known : [...known, { nodeId, name: nameOf(nodeId) }],
  };
}
