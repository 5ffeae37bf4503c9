import { useState } from 'react';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import { goTo } from '../../../app/routes.ts';
import { Button, SegmentedControl } from '../../../design/controls/index.ts';
import { JsonView } from '../../../design/data/json-view.tsx';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';

const sides = ['params', 'result'] as const;

/** One method of the node: what it does, who may call it, what it takes and gives, and the way to call it. */
export function MethodDetail(props: { readonly entry: CatalogueEntry; readonly node: NodeInfo; readonly reachable: boolean }) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const { entry, node, reachable } = props;
  const [side, setSide] = useState<(typeof sides)[number]>('params');
  const call = () => goTo('rpc', { method: entry.method, ...(!node.self && { node: node.nodeId }) });
  return (
    <section className="sb-col sb-grow" aria-label={entry.method}>
      <header className="sb-subbar nd-bar">
        <h3 className="sb-mono nd-method-name sb-clip sb-grow sb-select" title={entry.method}>
          {entry.method}
        </h3>
        <Button
          size="xs"
          disabled={!reachable || !entry.allowed}
          onClick={call}
          title={entry.allowed ? undefined : t('notAllowed', { role: common(`role_${entry.role}`), name: node.name })}
        >
          {t('callMethod')}
        </Button>
      </header>
      <ScrollArea label={t('methodText')}>
        <div className="sb-sec">
          <p className="sb-2 sb-select nd-note">{entry.help}</p>
          {!entry.allowed && (
            <p className="nd-note">
              <b>{t('notAllowed', { role: common(`role_${entry.role}`), name: node.name })}</b> {!node.self && t('notAllowedSetting')}
            </p>
          )}
          <KeyValues
            items={[
              [t('role'), common(`role_${entry.role}`)],
              [t('effect'), t(`effectFact_${entry.effect}`)],
              ...(entry.aliases.length === 0 ? [] : [[t('aliases'), entry.aliases.join(', ')] as const]),
            ]}
          />
        </div>
        <div className="nd-schema-head">
          <SegmentedControl
            size="xs"
            aria-label={t('schema')}
            value={side}
            onChange={(next) => setSide(next as typeof side)}
            data={sides.map((value) => ({ value, label: t(`schema_${value}`) }))}
          />
          <span className="sb-3">{t('schemaKind')}</span>
        </div>
        <JsonView text={JSON.stringify(entry[side], null, 2)} label={t(`schema_${side}`)} />
      </ScrollArea>
    </section>
  );
}
