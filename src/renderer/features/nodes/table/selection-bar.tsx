import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { nodeActions } from '../node-actions.ts';

/** What can be done with the selected node, at the foot of the table. */
export function SelectionBar({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  return (
    <section className="nd-foot" aria-label={t('selection')}>
      <span className="sb-2 sb-clip">{t('selected', { name: node.name })}</span>
      <span className="sb-sep" />
      {nodeActions(t, node).map(
        (action) =>
          action.enabled !== false && (
            <button key={action.id} type="button" className="sb-link" onClick={action.run}>
              {action.title}
            </button>
          ),
      )}
      <span className="sb-grow" />
      <span className="sb-3 sb-clip nd-keys">{t('keys')}</span>
    </section>
  );
}
