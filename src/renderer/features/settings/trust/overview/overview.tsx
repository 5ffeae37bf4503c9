import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import type { ViewCall } from '../../../../state/use-call.ts';
import type { Members, Rotation, Status } from '../trust-data.ts';
import { ClusterPart } from './cluster-part.tsx';
import { NoCluster } from './no-cluster.tsx';
import { ThisNode } from './this-node.tsx';

/** This node and its key at the left, the cluster at the right; one below the other where there is no room. */
export function Overview(props: { readonly status: Status; readonly members: Members | undefined; readonly rotation: ViewCall<Rotation> }) {
  const { status, members, rotation } = props;
  const { t } = useTranslation('membership');
  return (
    <ScrollArea label={t('tab_overview')}>
      <div className="tr-overview">
        <ThisNode status={status} />
        {status.cluster === null ? <NoCluster /> : <ClusterPart cluster={status.cluster} members={members?.members} rotation={rotation} />}
      </div>
    </ScrollArea>
  );
}
