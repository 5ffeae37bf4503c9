import { memo, type ReactNode } from 'react';
import type { QueueInfo } from '../../../../common/contract/queues.ts';
import { GridCells } from '../../../design/data/grid-cells.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatRate } from '../../../state/format.ts';
import { type Health, healthShapes } from '../../shared/queues/health.ts';
import { shortCount } from '../model/amounts.ts';
import type { QueueColumn, QueueColumnId } from '../model/queue-table.ts';

interface QueueRowProps {
  readonly queue: QueueInfo;
  readonly columns: readonly QueueColumn[];
  readonly health: Health;
  /** Another group has a queue of that name. */
  readonly withGroup: boolean;
}

/** The cells of one queue; drawn again only when its own figures have changed. */
export const QueueRow = memo(
  function QueueRow({ queue, columns, health, withGroup }: QueueRowProps) {
    const { t } = useTranslation('queues');
    const cells: Record<QueueColumnId, () => ReactNode> = {
      name: () => (
        <span className="qu-name" title={`${queue.name} · ${t(`health_${health}`)}`}>
          <StateShape kind={healthShapes[health]} />
          <span className="sb-hidden">{t(`health_${health}`)}</span>
          <b className="sb-clip">{queue.name}</b>
          {withGroup && <span className="sb-3 sb-mono sb-clip">{queue.groupId}</span>}
        </span>
      ),
      depth: () => shortCount(queue.messages),
      lag: () =>
        queue.replicas <= 1 ? (
          '–'
        ) : (
          <span className={health === 'behind' && queue.maxLag > 0 ? 'sb-warn' : undefined}>{shortCount(queue.maxLag)}</span>
        ),
      sync: () => <span className={syncTone(queue, health)}>{t('ofReplicas', { inSync: queue.inSync, count: queue.replicas })}</span>,
      bytes: () => <span className="sb-2">{formatBytes(queue.bytes)}</span>,
      in: () => <span className="sb-2">{formatRate(queue.inPerSecond)}</span>,
      out: () => <span className="sb-2">{formatRate(queue.outPerSecond)}</span>,
    };
    return <GridCells columns={columns} stale={health === 'unseen'} cell={({ id }) => cells[id]()} />;
  },
  (before, after) =>
    before.withGroup === after.withGroup &&
    before.columns === after.columns &&
    before.health === after.health &&
    figuresOf(before.queue) === figuresOf(after.queue),
);

function syncTone({ inSync, replicas }: QueueInfo, health: Health): string {
  if (health === 'unseen') return 'sb-3';
  if (inSync >= replicas) return 'sb-2';
  return health === 'unwritable' ? 'sb-crit' : 'sb-warn';
}

/** What a row shows of a queue, as one text. */
function figuresOf({ name, messages, maxLag, inSync, replicas, bytes, inPerSecond, outPerSecond }: QueueInfo): string {
  return [name, messages, maxLag, inSync, replicas, bytes, inPerSecond, outPerSecond].join(' ');
}
