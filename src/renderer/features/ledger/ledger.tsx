import './ledger.css';
import './texts.ts';
import { useEffect, useId, useMemo } from 'react';
import type { LedgerChain } from '../../../common/contract/ledger.ts';
import { type Action, provideActions } from '../../app/actions/registry.ts';
import { Button, Tooltip } from '../../design/controls/index.ts';
import { Loading } from '../../design/feedback/states.tsx';
import { IconFileExport, IconGitCompare, IconNote, IconShieldCheck } from '../../design/icons/index.ts';
import { TabBar, ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { formatCount } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { CallFailure } from '../shared/call-failure.tsx';
import { HeadActs } from '../shared/head-acts.tsx';
import { RightsContext, usePersonsRights } from '../shared/rights.ts';
import { StaleStrip } from '../shared/stale-strip.tsx';
import { ChainsTab } from './chains/chains-tab.tsx';
import { OpenLedgerDialog } from './dialogs/open-ledger-dialog.tsx';
import { type ActContext, chainActions, screenActions } from './ledger-actions.ts';
import { closeLedgerDialog } from './ledger-dialogs.ts';
import { type LedgerRoute, showLedger, useLedgerRoute } from './ledger-route.ts';
import { EntriesTab } from './list/entries-tab.tsx';
import { findChain } from './model/chain-table.ts';
import { TopStrip } from './top-strip.tsx';
import { type ChainsData, useChains } from './use-chains.ts';
import { isVerifying, useVerification } from './verification.ts';

/** The Ledger screen: who did what, where, with which result, signed, chained and verified while one watches (ui.md 4.7). */
export function Ledger() {
  const { t } = useTranslation('ledger');
  const route = useLedgerRoute();
  const data = useChains();
  const rights = usePersonsRights();
  const ownId = useCluster(({ nodes }) => nodes.find(({ self }) => self)?.nodeId);
  const context = useMemo<ActContext>(() => ({ t, rights, ownId }), [t, rights, ownId]);
  const panelId = useId();
  const { chains } = data;
  const chain = findChain(chains, route.tab === 'chains' ? (route.chosen ?? route.chain) : route.chain) ?? findChain(chains, undefined);
  const actions = useActionsOf(context, route, chain);
  useEffect(() => closeLedgerDialog, []);
  return (
    <RightsContext value={rights}>
      <ViewBar title={t('title')} detail={<Count chains={chains} />}>
        <HeadActs actions={actions.filter(({ id }) => inHead.has(id))} asButtons={route.tab === 'chains' ? chainsButtons : headButtons} />
        <VerifyButton actions={actions} chain={chain} />
      </ViewBar>
      <TabBar
        label={t('tabs')}
        items={[
          { id: 'entries', label: t('tab_entries') },
          { id: 'chains', label: t('tab_chains'), count: chains.length },
        ]}
        current={route.tab}
        onChange={(tab) => showLedger({ tab })}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${route.tab}`)} className="sb-col sb-grow">
        <TopStrip chains={chains} forks={data.forks} />
        {route.tab === 'entries' ? (
          <EntriesTab route={route} chains={chains} context={context} />
        ) : (
          <Chains route={route} data={data} context={context} />
        )}
      </div>
      <OpenLedgerDialog chains={chains} />
    </RightsContext>
  );
}

const icon = { size: 14, stroke: 1.6 };
const headButtons = new Map([
  ['ledger.note', <IconNote key="note" {...icon} />],
  ['ledger.compare', <IconGitCompare key="compare" {...icon} />],
  ['ledger.export', <IconFileExport key="export" {...icon} />],
]);
/** Above the table of all chains, what is done with all of them. */
const chainsButtons = new Map([...headButtons, ['ledger.verifyEach', <IconShieldCheck key="verifyEach" {...icon} />]]);
const inHead = new Set([...chainsButtons.keys(), 'ledger.verify', 'ledger.checkpoint', 'ledger.repair']);

/** The one act that everybody may do: checks the whole chain that is looked at. */
function VerifyButton({ actions, chain }: { readonly actions: readonly Action[]; readonly chain: LedgerChain | undefined }) {
  const { t } = useTranslation('ledger');
  const running = useVerification(({ state }) => isVerifying(state));
  const verify = actions.find(({ id }) => id === 'ledger.verifyAll');
  return (
    <Tooltip label={chain === undefined ? undefined : t('verifyHint', { name: chain.name })} disabled={chain === undefined}>
      <Button
        leftSection={<IconShieldCheck {...icon} />}
        disabled={verify === undefined || verify.enabled === false || running}
        onClick={() => verify?.run()}
      >
        {t('verify')}
      </Button>
    </Tooltip>
  );
}

/** `3 chains · 12,408 entries` */
function Count({ chains }: { readonly chains: readonly LedgerChain[] }) {
  const { t } = useTranslation('ledger');
  if (chains.length === 0) return null;
  const entries = chains.reduce((sum, chain) => sum + chain.entries, 0);
  return [t('countChains', { count: chains.length }), t('countEntries', { count: entries, amount: formatCount(entries) })].join(' · ');
}

interface ChainsProps {
  readonly route: LedgerRoute;
  readonly data: ChainsData;
  readonly context: ActContext;
}

function Chains({ route, data, context }: ChainsProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { state, retry, cancel } = data.call;
  if (state.kind === 'loading') {
    return <Loading rows={4} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={cancel} />;
  }
  if (state.kind === 'error') return <CallFailure title={t('chainsFailed')} error={state.error} call="ledger.chains" onRetry={retry} />;
  return (
    <>
      <StaleStrip state={state} onRetry={retry} />
      <ChainsTab
        chains={data.chains}
        forks={data.forks}
        chosen={route.chosen === undefined ? undefined : findChain(data.chains, route.chosen)}
        onChoose={(chosen) => showLedger({ chosen })}
        context={context}
      />
    </>
  );
}

/** What can be done now, for head, palette and keys. Figures change with each entry and acts do not: they are told when they differ. */
function useActionsOf(context: ActContext, route: LedgerRoute, chain: LedgerChain | undefined): readonly Action[] {
  const key = `${chain?.chainId} ${chain?.name} ${chain?.state === 'damaged'} ${route.tab} ${route.entry !== undefined}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what the acts hang on
  const actions = useMemo<readonly Action[]>(
    () => [...screenActions(context, route), ...(chain === undefined ? [] : chainActions(context, chain))],
    [context, key],
  );
  useEffect(() => provideActions('ledger', actions), [actions]);
  return actions;
}
