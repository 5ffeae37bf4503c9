import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { SelectionFoot } from '../../shared/table/selection-foot.tsx';
import { nodeActions } from '../node-actions.ts';

/** What can be done with the selected node, at the foot of the table. */
export function SelectionBar({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  const possible = nodeActions(t, node).filter(({ enabled }) => enabled !== false);
  return (
    <SelectionFoot
      name={t('selected', { name: node.name })}
      actions={possible}
      note={<span className="sb-3 sb-clip nd-keys">{t('keys')}</span>}
    />
  );
}
