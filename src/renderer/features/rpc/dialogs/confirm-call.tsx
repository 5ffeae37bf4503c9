import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { useNode } from '../../../state/node.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dangerOf } from '../model/danger.ts';
import { shortJson } from '../model/json-preview.ts';
import { goesToMany, nodesOf } from '../model/target.ts';
import { useTargetName } from '../request/target-picker.tsx';
import { prepare } from '../state/prepare.ts';
import { entryOf, useRpc, variablesOf } from '../state/rpc-store.ts';
import { answerConfirmation } from '../state/sending.ts';

const longestParams = 160;

/** Asks before a method that destroys something is called, or one that changes all nodes of a production cluster. */
export function ConfirmCall() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const tab = useRpc((state) => state.tabs.find((known) => known.id === state.confirmingTabId));
  const entry = useRpc((state) => (tab === undefined ? undefined : entryOf(state, tab.content)));
  const variables = useRpc(variablesOf);
  const status = useNode((state) => state.status);
  const nodes = useCluster((state) => state.nodes);
  const labelOf = useTargetName();
  const nameOf = useNodeNames();
  if (tab === undefined || entry === undefined) return null;
  const prepared = prepare(tab.content, entry, variables);
  const { target } = tab.content;
  const danger = dangerOf(entry, status?.environment, target);
  const meant = nodesOf(target, nodes);
  const reached = meant.filter((known) => known.status === 'online');
  const lost = meant.filter((known) => known.status !== 'online');
  return (
    <ConfirmDialog
      confirmation={{
        title: t('confirmTitle', { method: entry.method }),
        message: (
          <>
            {entry.help} {goesToMany(target) ? t('confirmAll', { count: reached.length }) : t('confirmOn', { node: labelOf(target) })}
          </>
        ),
        effects: [
          ...(goesToMany(target) ? [[t('confirmNodes'), listed(reached, nameOf)] as const] : []),
          ...(goesToMany(target) && lost.length > 0 ? [[t('confirmLost'), listed(lost, nameOf)] as const] : []),
          [t('params'), prepared.ok ? shortJson(prepared.params, longestParams) : ''],
          ...(entry.effect === 'destructive' ? [[t('confirmUndo'), t('confirmUndoNone')] as const] : []),
          [t('confirmRecord'), t('confirmRecordAudit')],
        ],
        verb: t('confirmVerb', { method: entry.method }),
        cancel: common('cancel'),
        ...(danger === 3 && { typeToConfirm: { label: t('confirmType', { method: entry.method }), value: entry.method } }),
      }}
      onAnswer={answerConfirmation}
    />
  );
}

const mostNames = 12;

/** `hub-01, press-07 + 40` */
function listed(nodes: readonly NodeInfo[], nameOf: (nodeId: string) => string): string {
  const names = nodes.slice(0, mostNames).map(({ nodeId }) => nameOf(nodeId));
  const rest = nodes.length - names.length;
  return rest > 0 ? `${names.join(', ')} + ${rest}` : names.join(', ');
}
