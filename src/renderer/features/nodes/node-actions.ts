import type { TFunction } from 'i18next';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import type { Action } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { copyText } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { chooseScope } from '../../state/scope.ts';
import { tableActions } from '../shared/table/table-actions.ts';
import { focusTable } from '../shared/table/table-order.ts';
import { measureNode } from './measure.ts';
import { type NodesRoute, selectNothing, showNode } from './nodes-route.ts';
import { focusFilter, tableId } from './table/table-store.ts';

/** A request begins with a method; this one every node has, and it changes nothing. */
const firstMethod = 'node.status';

/** What can be done with a node: the foot of the table, the inspector, the menu of a row and the palette all show these. */
export function nodeActions(t: TFunction<'nodes'>, node: NodeInfo): readonly Action[] {
  const online = node.status === 'online';
  const act = (id: string, title: string, run: () => void, enabled = true): Action => ({
    id: `nodes.${id}`,
    group: 'act',
    title,
    detail: node.name,
    keywords: node.nodeId,
    danger: 0,
    enabled,
    run,
  });
  return [
    act('call', t('act_call'), () => goTo('rpc', { method: firstMethod, ...(!node.self && { node: node.nodeId }) }), online),
    act('watch', t('act_watch'), () => goTo('events', { topic: node.self ? '/stats' : `${node.nodeId}/stats` }), online),
    act('lookAt', t('act_lookAt'), () => {
      chooseScope({ kind: 'node', nodeId: node.nodeId });
      goTo('overview');
    }),
    act('measure', t('act_measure'), () => measure(node), online && !node.self),
    act('copyId', t('act_copyId'), () => void copyId(t, node)),
  ];
}

function measure({ nodeId }: NodeInfo): void {
  showNode(nodeId, 'overview');
  void measureNode(nodeId);
}

async function copyId(t: TFunction<'nodes'>, { nodeId, name }: NodeInfo): Promise<void> {
  const copied = await copyText(nodeId);
  showToast(copied ? { title: t('idCopied', { name }) } : { title: t('idNotCopied'), tone: 'error' });
}

/** The acts of the table itself for keys and palette. */
export function nodeTableActions(t: TFunction<'nodes'>, { nodeId, show }: NodesRoute): readonly Action[] {
  const close = (id: string) => {
    if (show === undefined) selectNothing();
    else showNode(id, undefined);
    focusTable(tableId);
  };
  return tableActions({
    source: 'nodes',
    filterTitle: t('focusFilter'),
    focusFilter,
    closeTitle: show === undefined ? t('selectNothing') : t('closeInspector'),
    close: nodeId === undefined ? undefined : () => close(nodeId),
  });
}
