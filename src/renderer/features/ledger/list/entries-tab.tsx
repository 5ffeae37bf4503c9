import { useEffect, useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { Button } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconCertificate, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { SideColumn } from '../../../design/layout/split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { mayNow } from '../../shared/rights.ts';
import { StaleStrip } from '../../shared/stale-strip.tsx';
import { EntryInspector } from '../entry/entry-inspector.tsx';
import type { ActContext } from '../ledger-actions.ts';
import type { LedgerRoute } from '../ledger-route.ts';
import { showLedger } from '../ledger-route.ts';
import { entryListId, useLive } from '../ledger-store.ts';
import { findChain } from '../model/chain-table.ts';
import { canGoOn, mostEntries } from '../model/entry-pages.ts';
import { fieldTime, isNarrowed, type LedgerFilter, noFilter } from '../model/ledger-filter.ts';
import { EntryList } from './entry-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type LedgerEntries, useEntries } from './use-entries.ts';

interface EntriesTabProps {
  readonly route: LedgerRoute;
  readonly chains: readonly LedgerChain[];
  readonly context: ActContext;
}

/** The entries of all chains or of one, as they come, and the one that is looked at. */
export function EntriesTab({ route, chains, context }: EntriesTabProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  if (context.rights.roles.length > 0 && !mayNow({ ...context.rights, connected: true }, 'operator')) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('entriesNeedRole')}</h2>
        <p>{t('entriesNeedRoleDetail', { role: common('role_operator') })}</p>
        <Button variant="default" onClick={() => showLedger({ tab: 'chains' })}>
          {t('showChains')}
        </Button>
      </div>
    );
  }
  return <Entries route={route} chains={chains} context={context} />;
}

function Entries({ route, chains, context }: EntriesTabProps) {
  const { t } = useTranslation('ledger');
  const paused = useLive((state) => state.paused);
  const [atTop, setAtTop] = useState(true);
  const { chain, filter, entry } = route;
  const known = context.rights.roles.length > 0;
  const list = useEntries(chain, filter, paused || !atTop, known);
  // Another list begins with its newest rows in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what makes another list
  useEffect(() => setAtTop(true), [chain, filter]);
  const retryState = list.pages === undefined || list.error === undefined ? undefined : { data: list.pages, error: list.error };
  return (
    <>
      <FilterBar route={route} chains={chains} />
      <HeldStrip list={list} paused={paused} />
      {retryState !== undefined && <StaleStrip state={{ kind: 'stale', atMs: list.atMs, ...retryState }} onRetry={list.retry} />}
      <div className="sb-split le-split">
        <div className="sb-col sb-grow">
          <Content route={route} chains={chains} context={context} list={list} onAtTop={setAtTop} />
          <Foot list={list} filter={filter} />
        </div>
        {entry !== undefined && (
          <SideColumn
            name="ledger.inspector"
            side="right"
            initialWidth={440}
            minWidth={320}
            maxWidth={760}
            label={t('inspectorWidth')}
            className="sb-col le-inspector"
          >
            <EntryInspector key={`${entry.chain} ${entry.number}`} place={entry} tab={route.entryTab} context={context} />
          </SideColumn>
        )}
      </div>
    </>
  );
}

interface ContentProps extends EntriesTabProps {
  readonly list: LedgerEntries;
  readonly onAtTop: (atTop: boolean) => void;
}

function Content({ route, chains, context, list, onAtTop }: ContentProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const node = useNode(({ status }) => status?.name) ?? common('thisNode');
  const { pages, error } = list;
  if (pages === undefined) {
    // The address names a node of which nothing is known here.
    if (error?.code === 'NOT_FOUND' && route.chain !== undefined) return <NoMatch route={route} chains={chains} />;
    return error === undefined ? (
      <Loading rows={10} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={list.cancel} />
    ) : (
      <CallFailure title={t('listFailed')} error={error} call="ledger.list" onRetry={list.retry} />
    );
  }
  if (pages.entries.length === 0) return <NoMatch route={route} chains={chains} />;
  const onlyGenesis = !isNarrowed(route.filter) && pages.next === null && pages.entries.every(({ kind }) => kind === 'genesis');
  return (
    <>
      <EntryList
        entries={pages.entries}
        chain={route.chain}
        selected={route.entry}
        context={context}
        onAtTop={onAtTop}
        onNearEnd={list.goOn}
      />
      {onlyGenesis && <WhatItIs />}
    </>
  );
}

/** Nothing was done yet: the first entry stands above, this says what it begins. */
function WhatItIs() {
  const { t } = useTranslation('ledger');
  return (
    <div className="sb-empty le-empty" role="status">
      <span className="sb-3">
        <IconCertificate size={24} stroke={1.5} />
      </span>
      <h2>{t('emptyTitle')}</h2>
      <p>{t('emptyText')}</p>
      <p>
        {t('terminal')}
        <br />
        <code className="sb-mono sb-select">signalbox ledger list</code>
      </p>
    </div>
  );
}

function NoMatch({ route, chains }: Pick<EntriesTabProps, 'route' | 'chains'>) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const unknownChain = route.chain !== undefined && findChain(chains, route.chain) === undefined;
  return (
    <div className="sb-empty le-empty" role="status">
      <h2>{unknownChain ? t('unknownChain', { name: route.chain }) : t('noMatch')}</h2>
      <p>{unknownChain ? t('unknownChainDetail') : t('noMatchDetail')}</p>
      <Button variant="default" onClick={() => showLedger({ chain: undefined, filter: noFilter, entry: undefined })}>
        {common('clearFilter')}
      </Button>
    </div>
  );
}

/** The list stands still because a person stopped it. */
function HeldStrip({ list, paused }: { readonly list: LedgerEntries; readonly paused: boolean }) {
  const { t } = useTranslation('ledger');
  if (!paused) return null;
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="paused" />}
      fact={t('paused')}
      act={
        <button type="button" className="sb-link" onClick={() => useLive.setState({ paused: false })}>
          {t('goOn')}
        </button>
      }
    >
      {t('pausedDetail', { count: list.held, amount: formatCount(list.held) })}
    </Strip>
  );
}

/** How many of how many are listed, whether older ones are read now, and what has come meanwhile. */
function Foot({ list, filter }: { readonly list: LedgerEntries; readonly filter: LedgerFilter }) {
  const { t } = useTranslation('ledger');
  const paused = useLive((state) => state.paused);
  const { pages, held, goingOn } = list;
  if (pages === undefined || pages.entries.length === 0) return null;
  const last = pages.entries.at(-1);
  const isFull = pages.next !== null && !canGoOn(pages) && last !== undefined;
  const scrollToTop = () => document.querySelector(`#${entryListId} [role="listbox"]`)?.scrollTo({ top: 0 });
  return (
    <div className="sb-foot" role="status">
      <span className="sb-3 sb-num sb-clip">
        {t('shown', { amount: formatCount(pages.entries.length), total: formatCount(pages.total) })}
        {goingOn && ` · ${t('readingOlder')}`}
      </span>
      <span className="sb-grow" />
      {isFull && (
        <button
          type="button"
          className="sb-link"
          title={t('goOnBeforeHint', { amount: formatCount(mostEntries) })}
          onClick={() => showLedger({ filter: { ...filter, time: 'range', to: fieldTime(last.at + 1_000) } })}
        >
          {t('goOnBefore', { time: formatTime(last.at) })}
        </button>
      )}
      {!isFull && canGoOn(pages) && !goingOn && (
        <button type="button" className="sb-link" onClick={list.goOn}>
          {t('older')}
        </button>
      )}
      {!paused && held > 0 && (
        <button type="button" className="sb-link sb-num" onClick={scrollToTop}>
          {t('newer', { count: held, amount: formatCount(held) })}
        </button>
      )}
    </div>
  );
}
