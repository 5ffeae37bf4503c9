import { useEffect, useMemo, useRef, useState } from 'react';
import type { JsonProblem } from '../../../design/data/code-editor-lint.ts';
import { type JsonPath, setAt } from '../../../design/data/json-pointer.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import type { ParsedJson } from '../../../design/data/json-syntax.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formFieldOf } from '../model/schema-form.ts';
import { entryOf, type Tab, useRpc } from '../state/rpc-store.ts';
import { changeContent } from '../state/tabs.ts';
import { type FormContext, fieldId } from './form-controls.tsx';
import { Members } from './form-field.tsx';
import { showParamsAs } from './params-panel-view.ts';

/** The params as a form made from the method's schema. It writes the same text that the editor shows. */
export function ParamsForm(props: {
  readonly tab: Tab;
  readonly parsed: ParsedJson;
  readonly problems: readonly JsonProblem[];
  readonly reveal: { readonly pointer: string } | undefined;
}) {
  const { t } = useTranslation('rpc');
  const { tab, parsed, problems, reveal } = props;
  const entry = useRpc((state) => entryOf(state, tab.content));
  const [left, setLeft] = useState<ReadonlySet<string>>(() => new Set());
  const field = useMemo(() => (entry === undefined ? undefined : formFieldOf(entry.params as JsonSchema)), [entry]);
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (reveal === undefined) return;
    const target = document.getElementById(fieldId(reveal.pointer));
    (target?.matches('input, textarea, button') ? target : target?.querySelector<HTMLElement>('input, textarea, button'))?.focus();
  }, [reveal]);

  if (entry === undefined || field === undefined) return <FormNote tab={tab} text={t('formNoSchema')} />;
  if (!parsed.ok) return <FormNote tab={tab} text={t('formNotJson', { line: parsed.error.line, column: parsed.error.column })} />;
  if (field.kind !== 'group' || typeof parsed.value !== 'object' || parsed.value === null || Array.isArray(parsed.value))
    return <FormNote tab={tab} text={t('formNoFields')} />;
  if (field.members.length === 0) return <p className="sb-rpc-form-note sb-2">{t('formNoParams')}</p>;

  const context: FormContext = {
    root: entry.params as JsonSchema,
    secretParams: entry.secretParams,
    change: (path: JsonPath, next: unknown) => changeContent(tab.id, { text: JSON.stringify(setAt(parsed.value, path, next), null, 2) }),
    // The node's own refusals at once; what the schema shows only where somebody has been.
    problemAt: (pointer) =>
      problems.find((problem) => problem.pointer === pointer && (problem.severity === 'error' || left.has(pointer)))?.message,
    leave: (pointer) => setLeft((before) => (before.has(pointer) ? before : new Set(before).add(pointer))),
  };
  return (
    <div ref={form} className="sb-scroll sb-rpc-form">
      <Members members={field.members} path={[]} value={parsed.value} context={context} />
      <UnknownParams problems={problems} known={new Set(field.members.map((member) => member.name))} />
    </div>
  );
}

/** Params that the method does not know have no field: they are named. */
function UnknownParams(props: { readonly problems: readonly JsonProblem[]; readonly known: ReadonlySet<string> }) {
  const names = props.problems.filter(({ pointer }) => /^\/[^/]+$/.test(pointer) && !props.known.has(pointer.slice(1)));
  if (names.length === 0) return null;
  return (
    <ul className="sb-rpc-form-unknown sb-warn">
      {names.map(({ pointer, message }) => (
        <li key={pointer}>
          <code className="sb-mono">{pointer.slice(1)}</code>: {message}
        </li>
      ))}
    </ul>
  );
}

function FormNote({ tab, text }: { readonly tab: Tab; readonly text: string }) {
  const { t } = useTranslation('rpc');
  return (
    <div className="sb-rpc-form-note">
      <p className="sb-2">{text}</p>
      {tab.content.method !== '' && (
        <button type="button" className="sb-link" onClick={() => showParamsAs('json')}>
          {t('openJson')}
        </button>
      )}
    </div>
  );
}
