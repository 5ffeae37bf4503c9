import type { ReactNode } from 'react';
import type { GroupInfo } from '../../../../common/contract/brokers.ts';
import { IconCrown, IconPlus, StateShape } from '../../../design/icons/index.ts';
import { KeyValues, Strip } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatRate } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { HeadActs } from '../../shared/head-acts.tsx';
import { groupHealth, healthShapes } from '../../shared/queues/health.ts';
import { useRights } from '../../shared/rights.ts';
import { Replicas } from '../detail/replicas.tsx';
import { leaderName } from '../model/group-table.ts';
import { groupActions } from '../queue-actions.ts';
import { showQueue } from '../queues-route.ts';
import type { QueuesData } from '../use-queues-data.ts';
import { votesAdvice } from '../words.ts';

const icon = { size: 14, stroke: 1.6 };
const asButtons = new Map([
  ['queues.addBroker', <IconPlus key="add" {...icon} />],
  ['queues.transfer', <IconCrown key="transfer" {...icon} />],
]);
/** Queues named; the list has them all. */
const mostQueues = 50;

/** One group of brokers: its replicas, what it holds, its queues. */
export function GroupDetail({ groupId, data }: { readonly groupId: string; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const group = data.groups.get(groupId);
  if (group === undefined) {
    if (data.groupsState.kind === 'error')
      return <CallFailure title={t('groupsFailed')} error={data.groupsState.error} call="brokers.groups" onRetry={data.retryGroups} />;
    if (groupId === '' || data.groupsState.kind === 'loading') return null;
    const reason = data.unreachable.get(groupId);
    return (
      <div className="sb-empty" role="status">
        <h2>{t(reason === undefined ? 'groupNotKnown' : 'groupAway', { group: groupId })}</h2>
        <p>{reason ?? t('groupNotKnownDetail')}</p>
      </div>
    );
  }
  const advice = votesAdvice(t, group);
  return (
    <section className="sb-col sb-grow" aria-label={t('groupLabel', { group: groupId })} data-region="inspector">
      <GroupHead group={group} />
      {!group.writable && (
        <Strip tone="crit" icon={<StateShape kind="failed" />} fact={t('groupUnwritable')}>
          {group.whyNotWritable ?? t('noLeader')}. {advice === undefined && t('groupUnwritableMeans')}
        </Strip>
      )}
      <Replicas group={group} />
      <ScrollArea label={t('groupFacts')}>
        {advice !== undefined && (
          <div className="sb-sec">
            <h3 className="sb-h">{t('whatHelps')}</h3>
            <p className="sb-select">{advice}</p>
          </div>
        )}
        <div className="sb-sec">
          <h3 className="sb-h">{t('groupFacts')}</h3>
          <GroupFacts group={group} />
        </div>
        <div className="sb-sec">
          <h3 className="sb-h">{t('groupQueues', { count: group.queues })}</h3>
          <GroupQueues group={group} data={data} />
        </div>
      </ScrollArea>
    </section>
  );
}

function GroupHead({ group }: { readonly group: GroupInfo }) {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const health = groupHealth(group);
  const actions = groupActions(t, group, rights);
  const leader = leaderName(group);
  const facts = [leader === undefined ? t('noLeader') : t('ledBy', { name: leader }), t('queueAmount', { count: group.queues })].join(
    ' · ',
  );
  return (
    <header className="sb-viewbar qu-head">
      <StateShape kind={healthShapes[health]} />
      <h2 className="qu-title sb-mono sb-select" title={t(`health_${health}`)}>
        {group.groupId}
      </h2>
      <span className="sb-3 sb-clip sb-grow">{facts}</span>
      <HeadActs actions={actions} asButtons={asButtons} />
    </header>
  );
}

function GroupFacts({ group }: { readonly group: GroupInfo }) {
  const { t } = useTranslation('queues');
  const nameOf = useNodeNames();
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('fact_messages'), formatCount(group.messages)],
    [t('fact_bytes'), formatBytes(group.bytes)],
    [t('fact_log'), formatBytes(group.logBytes)],
    [t('fact_rates'), t('rateNow', { in: formatRate(group.inPerSecond), out: formatRate(group.outPerSecond) })],
    [t('fact_term'), formatCount(group.term)],
    [t('fact_commit'), t('appliedTo', { commit: formatCount(group.commitIndex), applied: formatCount(group.appliedIndex) })],
    [t('fact_version'), t('versionIs', { version: formatCount(group.version) })],
    [t('fact_seenBy'), nameOf(group.observedBy)],
  ];
  return <KeyValues items={facts} />;
}

function GroupQueues({ group, data }: { readonly group: GroupInfo; readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const queues = data.queues.filter(({ groupId }) => groupId === group.groupId);
  if (queues.length === 0) return <p className="sb-3">{t('groupNoQueues')}</p>;
  return (
    <ul className="qu-group-queues">
      {queues.slice(0, mostQueues).map((queue) => (
        <li key={queue.queueId} className="sb-flex">
          <StateShape kind={healthShapes[data.healthOf(queue)]} />
          <button type="button" className="sb-link sb-clip" onClick={() => showQueue(queue.queueId)}>
            {queue.name}
          </button>
          <span className="sb-3 sb-num">{t('messages', { count: queue.messages, amount: formatCount(queue.messages) })}</span>
        </li>
      ))}
      {queues.length > mostQueues && <li className="sb-3">{t('moreQueues', { count: queues.length - mostQueues })}</li>}
    </ul>
  );
}
