import type { TFunction } from 'i18next';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { chooseScope } from '../../state/scope.ts';
import type { Action } from './registry.ts';

/** Looking at another instance, from the palette. None while there is only one. */
export function instanceActions(t: TFunction<'frame'>, nodes: readonly NodeInfo[]): readonly Action[] {
  if (nodes.length < 2) return [];
  return [
    { id: 'instance.all', group: 'instance', title: t('lookAtAll'), danger: 0, run: () => chooseScope({ kind: 'all' }) },
    ...nodes.map(
      (node): Action => ({
        id: `instance.${node.nodeId}`,
        group: 'instance',
        title: t('lookAt', { name: node.name }),
        detail: node.self ? t('thisNode') : t(`status_${node.status}`),
        keywords: node.nodeId,
        danger: 0,
        run: () => chooseScope({ kind: 'node', nodeId: node.nodeId }),
      }),
    ),
  ];
}
