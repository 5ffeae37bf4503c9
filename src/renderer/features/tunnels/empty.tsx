import { Button } from '../../design/controls/index.ts';
import { Empty } from '../../design/feedback/states.tsx';
import { IconArrowsLeftRight, IconPlus } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { mayNow, useRights } from '../shared/rights.ts';
import { openTunnelDialog } from './tunnels-dialogs.ts';
import { showGateway } from './tunnels-route.ts';
import type { TunnelsData } from './use-tunnels-data.ts';

/** No tunnel anywhere: what a tunnel is, that nothing is hidden, and the first step. */
export function NoTunnels({ data }: { readonly data: TunnelsData }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const mayExpose = mayNow(useRights(), 'operator');
  const known = useCluster(({ nodes }) => nodes.length);
  const online = useCluster(({ nodes }) => nodes.filter(({ status }) => status === 'online').length);
  const answered = online - data.silent.length;
  return (
    <Empty
      icon={<IconArrowsLeftRight size={24} stroke={1.5} />}
      title={t('emptyTitle')}
      act={
        <>
          <Button
            leftSection={<IconPlus size={14} stroke={1.6} />}
            disabled={!mayExpose}
            onClick={() => openTunnelDialog({ kind: 'expose' })}
          >
            {t('expose')}
          </Button>
          <Button variant="default" onClick={() => showGateway()}>
            {t('showGateways')}
          </Button>
          {!mayExpose && <span className="sb-3">{common('needsRole', { role: common('role_operator') })}</span>}
        </>
      }
      terminal={{ label: t('terminal'), command: 'signalbox tunnel expose 3000' }}
    >
      {t('emptyText')} {answered >= known ? t('emptyAll', { count: known }) : t('emptySome', { answered, count: known })}
    </Empty>
  );
}
