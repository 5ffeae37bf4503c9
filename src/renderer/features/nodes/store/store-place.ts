import { createContext, useContext } from 'react';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useNode } from '../../../state/node.ts';
import { useAskedNode } from '../activity/model/asked-node.ts';

/** The node whose store is shown. */
export interface StorePlace {
  /** Undefined: the console's own node, which is asked without going through the cluster. */
  readonly nodeId: string | undefined;
  readonly name: string;
}

export const StorePlaceContext = createContext<StorePlace>({ nodeId: undefined, name: '' });

export function useStorePlace(): StorePlace {
  return useContext(StorePlaceContext);
}

/** The node that the address names, else the console's own, and how to choose another. */
export function useAskedStore(): readonly [StorePlace, (nodeId: string) => void] {
  const { t: common } = useTranslation('common');
  const [asked, ask] = useAskedNode('store');
  const node = useCluster(({ nodes }) => nodes.find(({ nodeId, self }) => nodeId === asked && !self));
  const ownName = useNode(({ status }) => status?.name) ?? common('thisNode');
  return [node === undefined ? { nodeId: undefined, name: ownName } : { nodeId: node.nodeId, name: node.name }, ask];
}
