import { type ComponentType, useEffect, useId } from 'react';
import { provideActions } from '../../../app/actions/registry.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconArrowRight, IconCopy, IconDots, IconX, StateShape } from '../../../design/icons/index.ts';
import { Strip, TabBar } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { menuEntries } from '../../shared/menu-entries.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import { type ActContext, copyJson, entryActions } from '../ledger-actions.ts';
import { type EntryPlace, type EntryTab, entryTabs, showLedger } from '../ledger-route.ts';
import { entryListId } from '../ledger-store.ts';
import type { EntryDetail } from '../model/proof.ts';
import { actWord, numberWord, signatureShapes } from '../words.ts';
import { ConfirmationsTab } from './confirmations-tab.tsx';
import type { EntryTabProps } from './entry-tab-props.ts';
import { FactsTab } from './facts-tab.tsx';
import { ProofTab } from './proof-tab.tsx';

const contents: Readonly<Record<EntryTab, ComponentType<EntryTabProps>>> = {
  entry: FactsTab,
  proof: ProofTab,
  confirmations: ConfirmationsTab,
};

interface EntryInspectorProps {
  readonly place: EntryPlace;
  readonly tab: EntryTab;
  readonly context: ActContext;
}

/** One entry: who did what when and with which result, what proves it, and what other nodes say of it. */
export function EntryInspector({ place, tab, context }: EntryInspectorProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const panelId = useId();
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { chain, number } = place;
  const { state, retry, cancel } = useCall('ledger.get', { number, ...(chain !== undefined && { chain }) });
  const detail = dataOf(state);
  const Content = contents[tab];
  const entry = detail?.entry;
  useEffect(() => {
    if (entry !== undefined) return provideActions('ledger.entry', entryActions(context, entry));
    return undefined;
  }, [context, entry]);
  return (
    <aside className="sb-col sb-grow" aria-label={t('inspector')} data-region="inspector">
      <Head number={number} detail={detail} context={context} />
      <TabBar
        label={t('entryTabs')}
        items={entryTabs.map((id) => ({ id, label: t(`tab_${id}`) }))}
        current={tab}
        onChange={(entryTab) => showLedger({ entryTab })}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${tab}`)} className="sb-col sb-grow">
        {detail !== undefined ? (
          <>
            {detail.entry.signature === 'invalid' && (
              <Strip tone="crit" icon={<StateShape kind="invalid" />} fact={t('invalidFact', { name: detail.entry.chainName })} />
            )}
            <Content detail={detail} context={context} />
          </>
        ) : state.kind === 'error' ? (
          <CallFailure title={t('entryFailed', { number: numberWord(number) })} error={state.error} call="ledger.get" onRetry={retry} />
        ) : (
          <Loading rows={5} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />
        )}
      </div>
      {detail !== undefined && <Foot detail={detail} tab={tab} context={context} />}
    </aside>
  );
}

function Head({
  number,
  detail,
  context,
}: {
  readonly number: number;
  readonly detail: EntryDetail | undefined;
  readonly context: ActContext;
}) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const entry = detail?.entry;
  const title = entry === undefined ? numberWord(number) : `${numberWord(number)} ${actWord(context.t, entry)}`;
  return (
    <header className="sb-insp-head">
      <StateShape kind={entry === undefined ? 'unknown' : signatureShapes[entry.signature]} />
      <h2 className="sb-clip sb-select le-title" title={title}>
        {title}
      </h2>
      {entry !== undefined && <span className="sb-3 sb-clip">{t('onNode', { name: entry.chainName })}</span>}
      <span className="sb-grow" />
      <IconButton
        label={t('copyJson')}
        disabled={detail === undefined}
        onClick={() => void (detail !== undefined && copyJson(context.t, detail, number))}
      >
        <IconCopy size={16} stroke={1.5} />
      </IconButton>
      <IconButton
        label={common('close')}
        shortcut="Esc"
        onClick={() => {
          showLedger({ entry: undefined });
          focusTable(entryListId);
        }}
      >
        <IconX size={16} stroke={1.5} />
      </IconButton>
    </header>
  );
}

/** Acts that stand in the foot; the others are in the menu at its end. */
const inFoot = new Set(['ledger.object', 'ledger.confirm']);

function Foot({ detail, tab, context }: EntryTabProps & { readonly tab: EntryTab }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const actions = entryActions(context, detail.entry);
  const object = actions.find(({ id }) => id === 'ledger.object');
  const confirm = actions.find(({ id }) => id === 'ledger.confirm');
  return (
    <footer className="sb-insp-foot">
      {confirm !== undefined && tab !== 'confirmations' && (
        <Button variant="default" disabled={confirm.enabled === false} onClick={confirm.run}>
          {confirm.title}
        </Button>
      )}
      {object !== undefined && (
        <Button
          variant="default"
          title={object.title}
          leftSection={<IconArrowRight size={14} stroke={1.6} />}
          disabled={object.enabled === false}
          onClick={object.run}
        >
          {t('openObject')}
        </Button>
      )}
      <span className="sb-grow" />
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !inFoot.has(id)))} />
      </MenuButton>
    </footer>
  );
}
