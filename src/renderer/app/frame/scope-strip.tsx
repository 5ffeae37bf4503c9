import { IconServer } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster, useClusterNode } from '../../state/cluster.ts';
import { useNode } from '../../state/node.ts';
import { useNodeNames } from '../../state/node-names.ts';
import { chooseScope, useScope } from '../../state/scope.ts';
import type { View } from '../routes.ts';

/** Views that show the instance that is looked at. The others are about the cluster, or about the own node. */
const following: ReadonlySet<View> = new Set(['overview', 'rpc', 'events']);

/** Says that a view is not about the own node: nobody should take one node's figures for another's. */
export function ScopeStrip({ view }: { readonly view: View }) {
  const { t } = useTranslation('frame');
  const scope = useScope((state) => state.scope);
  const count = useCluster(({ nodes }) => nodes.length);
  const nameOf = useNodeNames();
  const node = useClusterNode(scope.kind === 'node' ? scope.nodeId : undefined);
  const own = useNode(({ status }) => status?.name) ?? t('thisNode');
  if (scope.kind === 'self' || !following.has(view)) return null;
  const lost = node !== undefined && node.status !== 'online';
  return (
    <Strip
      tone={lost ? 'warn' : 'mode'}
      icon={<IconServer size={14} stroke={1.6} />}
      fact={scope.kind === 'all' ? t('lookingAtAll', { count }) : t('lookingAt', { name: nameOf(scope.nodeId) })}
      act={
        <button type="button" className="sb-link" onClick={() => chooseScope({ kind: 'self' })}>
          {t('backToThisNode', { name: own })}
        </button>
      }
    >
      {lost ? t('lookingAtLost', { status: t(`status_${node.status}`) }) : t('lookingThrough', { own })}
    </Strip>
  );
}
