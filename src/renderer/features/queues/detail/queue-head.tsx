import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { IconCrown, IconPlus, StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount } from '../../../state/format.ts';
import { HeadActs } from '../../shared/head-acts.tsx';
import { type Health, healthShapes } from '../../shared/queues/health.ts';
import { useRights } from '../../shared/rights.ts';
import { queueActions } from '../queue-actions.ts';
import { showGroup } from '../queues-route.ts';
import { keepWords } from '../words.ts';

const icon = { size: 14, stroke: 1.6 };
const asButtons = new Map([
  ['queues.append', <IconPlus key="append" {...icon} />],
  ['queues.transfer', <IconCrown key="transfer" {...icon} />],
]);

/** State, name, what it holds, how long it keeps it, and what can be done with it. */
export function QueueHead({ queue, health }: { readonly queue: QueueInfo; readonly health: Health }) {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const actions = queueActions(t, queue, rights);
  const holds = [
    t('messages', { count: queue.messages, amount: formatCount(queue.messages) }),
    formatBytes(queue.bytes),
    keepWords(t, queue.options),
  ];
  return (
    <header className="sb-viewbar qu-head">
      <StateShape kind={healthShapes[health]} />
      <h2 className="qu-title sb-clip sb-select" title={`${queue.name} · ${t(`health_${health}`)}`}>
        {queue.name}
      </h2>
      <button
        type="button"
        className="sb-tag qu-group-tag"
        title={t('act_showGroup', { group: queue.groupId })}
        onClick={() => showGroup(queue.groupId)}
      >
        {queue.groupId}
      </button>
      <span className="sb-3 sb-num sb-clip sb-grow" title={holds.join(' · ')}>
        {holds.join(' · ')}
      </span>
      <HeadActs actions={actions} asButtons={asButtons} />
    </header>
  );
}
