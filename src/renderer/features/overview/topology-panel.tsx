import { memo } from 'react';
import { goTo } from '../../app/routes.ts';
import { IconButton } from '../../design/controls/icon-button.tsx';
import { IconMaximize } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Topology } from '../shared/topology/topology.tsx';

/** The topology as a part of the Overview; the Nodes view shows it in full size. */
export const TopologyPanel = memo(function TopologyPanel() {
  const { t } = useTranslation('overview');
  return (
    <Topology
      size="panel"
      end={
        <IconButton label={t('topologyFull')} onClick={() => goTo('nodes', { tab: 'topology' })}>
          <IconMaximize size={16} stroke={1.5} />
        </IconButton>
      }
    />
  );
});
