import { useMemo } from 'react';
import { Button, SegmentedControl } from '../../../design/controls/index.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { onDemand } from '../../../design/on-demand.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { describeSchema } from '../describe-schema.ts';
import { unresolvedIn } from '../model/variables.ts';
import { entryOf, type Obstacle, type Tab, useRpc, variablesOf } from '../state/rpc-store.ts';
import { changeContent } from '../state/tabs.ts';
import { ParamsForm } from './params-form.tsx';
import { showParamsAs } from './params-panel-view.ts';
import { useTargetLabel } from './target-picker.tsx';
import { useProblems } from './use-problems.ts';

const CodeEditor = onDemand(() => import('../../../design/data/code-editor.tsx').then((module) => module.CodeEditor));

/** The params of a request, as JSON text or as a form: two views of one value. */
export function ParamsPanel({ tab, reveal }: { readonly tab: Tab; readonly reveal: { readonly pointer: string } | undefined }) {
  const { t } = useTranslation('rpc');
  const view = useRpc((state) => state.paramsView);
  const { parsed, problems } = useProblems(tab);
  const tidy = parsed.ok ? JSON.stringify(parsed.value, null, 2) : undefined;
  return (
    <section className="sb-col sb-grow" aria-label={t('params')}>
      <div className="sb-subbar">
        <h2 className="sb-h">{t('params')}</h2>
        <span className="sb-grow" />
        {view === 'json' && tidy !== undefined && tidy !== tab.content.text && (
          <Button variant="subtle" color="gray" size="xs" onClick={() => changeContent(tab.id, { text: tidy })}>
            {t('tidy')}
          </Button>
        )}
        <SegmentedControl
          aria-label={t('paramsView')}
          size="xs"
          value={view}
          data={[
            { value: 'json', label: t('view_json') },
            { value: 'form', label: t('view_form') },
          ]}
          onChange={(value) => showParamsAs(value as 'json' | 'form')}
        />
      </div>
      <RoleStrip tab={tab} />
      <ObstacleStrip tab={tab} />
      {view === 'json' ? (
        <ParamsText tab={tab} problems={problems} reveal={reveal} />
      ) : (
        <ParamsForm key={`${tab.id} ${tab.content.method}`} tab={tab} parsed={parsed} problems={problems} reveal={reveal} />
      )}
    </section>
  );
}

type Problems = ReturnType<typeof useProblems>['problems'];

function ParamsText(props: { readonly tab: Tab; readonly problems: Problems; readonly reveal: { readonly pointer: string } | undefined }) {
  const { t } = useTranslation('rpc');
  const { tab } = props;
  const schema = useRpc((state) => entryOf(state, tab.content)?.params) as JsonSchema | undefined;
  const variables = useRpc(variablesOf);
  const names = useMemo(() => variables.map((variable) => variable.name), [variables]);
  return (
    <CodeEditor
      waiting={<pre className="sb-code sb-rpc-waiting-text">{tab.content.text}</pre>}
      label={t('paramsJson')}
      documentId={tab.id}
      value={tab.content.text}
      onChange={(text) => changeContent(tab.id, { text })}
      schema={schema}
      variables={names}
      problems={props.problems}
      describeType={(part) => describeSchema(part, t, schema)}
      describeFault={(fault) => t(`fault_${fault}`)}
      requiredLabel={t('required')}
      placeholder="{}"
      reveal={props.reveal}
    />
  );
}

/** What stops the request, and variables without a value before anybody tries to send. */
function ObstacleStrip({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const variables = useRpc(variablesOf);
  const obstacle = useRpc((state) => state.obstacles[tab.id]);
  const setName = useRpc((state) => state.variableSets.find((set) => set.id === state.variableSetId)?.name);
  const names = unresolvedIn(tab.content.text, variables);
  if (obstacle !== undefined && obstacle.kind !== 'variables') {
    return (
      <Strip tone="crit" icon={<StateShape kind="failed" />} fact={t('notSent')}>
        <ObstacleText obstacle={obstacle} />
      </Strip>
    );
  }
  if (names.length === 0) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('variablesUnset', { count: names.length, names: names.map((name) => `{{${name}}}`).join(', ') })}
      act={
        <button type="button" className="sb-link" onClick={() => useRpc.setState({ dialog: 'variables' })}>
          {t('editVariables')}
        </button>
      }
    >
      {setName === undefined ? t('variablesUnsetNone') : t('variablesUnsetIn', { set: setName })}
    </Strip>
  );
}

/** A method that may be looked at but not called says why. */
function RoleStrip({ tab }: { readonly tab: Tab }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const entry = useRpc((state) => entryOf(state, tab.content));
  const labelOf = useTargetLabel();
  if (entry?.allowed !== false) return null;
  if (tab.content.target.kind === 'node') {
    const node = labelOf(tab.content.target);
    return (
      <Strip tone="mode" icon={<StateShape kind="offline" />} fact={t('cannotCallThere', { method: entry.method, node })}>
        {t('cannotCallThereRole', { role: common(`role_${entry.role}`), node })}
      </Strip>
    );
  }
  return (
    <Strip tone="mode" icon={<StateShape kind="offline" />} fact={t('cannotCall', { method: entry.method })}>
      {t('cannotCallRole', { role: common(`role_${entry.role}`) })}
    </Strip>
  );
}

function ObstacleText({ obstacle }: { readonly obstacle: Obstacle }) {
  const { t } = useTranslation('rpc');
  switch (obstacle.kind) {
    case 'no-method':
      return t('obstacle_no-method');
    case 'not-object':
      return t('obstacle_not-object');
    case 'not-json':
      return t('obstacle_not-json', { line: obstacle.line, column: obstacle.column });
    case 'variables':
      return obstacle.names.join(', ');
  }
}
