import { Button } from '../../design/controls/index.ts';
import { Empty } from '../../design/feedback/states.tsx';
import { IconPlus, IconStack2 } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { mayNow, useRights } from '../shared/rights.ts';
import { openQueueDialog } from './queues-dialogs.ts';
import type { QueuesData } from './use-queues-data.ts';

const icon = { size: 24, stroke: 1.5 };

/** No queue anywhere: what a queue is, that nothing is hidden, and the first step. */
export function NoQueues({ data }: { readonly data: QueuesData }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const mayCreate = mayNow(useRights(), 'operator');
  const online = useCluster(({ nodes }) => nodes.filter(({ status }) => status === 'online').length);
  const known = useCluster(({ nodes }) => nodes.length);
  const proof = online >= known ? t('emptyAll', { count: online }) : t('emptySome', { online, count: known });
  return (
    <Empty
      icon={<IconStack2 {...icon} />}
      title={t('emptyTitle')}
      act={
        <>
          <Button
            leftSection={<IconPlus size={14} stroke={1.6} />}
            disabled={!mayCreate}
            onClick={() => openQueueDialog({ kind: 'create' })}
          >
            {t('newQueue')}
          </Button>
          <Button variant="default" onClick={() => openQueueDialog({ kind: 'restore' })}>
            {t('act_restore')}
          </Button>
          {!mayCreate && <span className="sb-3">{common('needsRole', { role: common('role_operator') })}</span>}
        </>
      }
      terminal={{ label: t('terminal'), command: 'signalbox queue create orders' }}
    >
      {t('emptyText')} {proof} {data.status?.state === 'off' && t('emptyOff')}
      {data.status?.state === 'failed' && t('emptyFailed', { reason: data.status.detail })}
    </Empty>
  );
}
