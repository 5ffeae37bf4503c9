import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconTopologyStar3 } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useFollowClusterProblems } from '../../shared/cluster-problems.ts';
import { Topology } from '../../shared/topology/topology.tsx';
import { PartitionStrip } from '../peers/partition-strip.tsx';

/** How the nodes of the cluster hang together. */
export function TopologyTab() {
  const { t } = useTranslation('topology');
  const alone = useCluster(({ nodes }) => nodes.length === 1);
  useFollowClusterProblems();
  if (!alone) {
    return (
      <>
        <PartitionStrip />
        <Topology size="full" />
      </>
    );
  }
  return (
    <Empty
      icon={<IconTopologyStar3 size={24} stroke={1.5} />}
      title={t('aloneTitle')}
      act={<Button onClick={() => goTo('settings', { section: 'federation' })}>{t('openSettings')}</Button>}
      terminal={{ label: t('terminal'), command: 'signalbox demo' }}
    >
      {t('alone')}
    </Empty>
  );
}
