import type { CatalogueEntry } from '../../../../common/contract/rpc.ts';
import { Button } from '../../../design/controls/index.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { describeSchema } from '../describe-schema.ts';
import { useLacking } from '../state/catalogues.ts';
import { entryOf, type Tab, useRpc } from '../state/rpc-store.ts';
import { changeContent } from '../state/tabs.ts';
import { useTargetName } from './target-picker.tsx';

/** What a method does, who may call it, and what it takes. */
export function MethodDoc({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const entry = useRpc((state) => entryOf(state, tab.content));
  const lacking = useLacking(tab.content.target)(tab.content.method);
  const node = useTargetName()(tab.content.target);
  if (entry === undefined) {
    return (
      <section className="sb-col sb-rpc-doc" aria-label={t('docLabel')}>
        <p className="sb-rpc-form-note sb-2">{tab.content.method === '' ? t('docNoMethod') : t('docUnknown', { node })}</p>
      </section>
    );
  }
  return (
    <section className="sb-col sb-rpc-doc" aria-label={t('docLabel')}>
      <DocHead entry={entry} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="sb-scroll sb-rpc-doc-body sb-select" aria-label={t('docText')} tabIndex={0}>
        {lacking !== undefined && <p className="sb-warn">{t('docLacking', { node: lacking })}</p>}
        <p className="sb-2">{entry.help}</p>
        <ParamsList schema={entry.params as JsonSchema} />
        {entry.aliases.length > 0 && (
          <p className="sb-3">
            {t('docAliases')} <code className="sb-mono">{entry.aliases.join(', ')}</code>
          </p>
        )}
        {entry.example !== null && (
          <Button variant="default" size="xs" onClick={() => changeContent(tab.id, { text: JSON.stringify(entry.example, null, 2) })}>
            {t('insertExample')}
          </Button>
        )}
      </section>
    </section>
  );
}

function DocHead({ entry }: { readonly entry: CatalogueEntry }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const tone = entry.effect === 'write' ? ' warn' : entry.effect === 'destructive' ? ' crit' : '';
  return (
    <header className="sb-subbar">
      <h2 className="sb-mono sb-rpc-doc-name sb-clip" title={entry.method}>
        {entry.method}
      </h2>
      <span className={`sb-tag${tone}`}>{common(`effect_${entry.effect}`)}</span>
      <span className="sb-grow" />
      <span className="sb-3 sb-clip">{t('docRole', { role: common(`role_${entry.role}`) })}</span>
    </header>
  );
}

function ParamsList({ schema }: { readonly schema: JsonSchema }) {
  const { t } = useTranslation('rpc');
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return <p className="sb-3">{t('formNoParams')}</p>;
  return (
    <dl className="sb-rpc-doc-params">
      {properties.map(([name, property]) => (
        <div key={name}>
          <dt className="sb-mono">{name}</dt>
          <dd>
            {describeSchema(property, t, schema)}
            {schema.required?.includes(name) === true && <b>, {t('required')}</b>}
            {property.description !== undefined && <p className="sb-3">{property.description}</p>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
