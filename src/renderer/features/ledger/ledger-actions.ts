import type { TFunction } from 'i18next';
import type { LedgerChain, LedgerEntry } from '../../../common/contract/ledger.ts';
import type { Action } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { copyText } from '../../design/copy-text.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { formatCount } from '../../state/format.ts';
import { actOf, type Rights } from '../shared/rights.ts';
import { focusTable } from '../shared/table/table-order.ts';
import { openLedgerDialog } from './ledger-dialogs.ts';
import { type LedgerRoute, showLedger } from './ledger-route.ts';
import { entryListId, focusFilter, useLive } from './ledger-store.ts';
import { objectPlace } from './model/entry-object.ts';
import { verifyAllChains, verifyChain } from './verification.ts';

type Translate = TFunction<'ledger'>;

/** What acts of the screen hang on. */
export interface ActContext {
  readonly t: Translate;
  readonly rights: Rights;
  /** Id of the console's own node. */
  readonly ownId: string | undefined;
}

/** What can be done with a chain: the head of the screen, the bar below the table of chains, its menu and the palette show these. */
export function chainActions({ t, rights }: ActContext, chain: LedgerChain): readonly Action[] {
  const { chainId, name } = chain;
  const ask = (kind: 'verify' | 'compare' | 'export') =>
    actOf(
      rights,
      `ledger.${kind}`,
      t(`act_${kind}`),
      0,
      kind === 'export' ? 'operator' : 'viewer',
      () => openLedgerDialog({ kind, chainId }),
      name,
    );
  const verifyAll = () => void verifyChain({ chainId, name, fromHeight: undefined, toHeight: undefined });
  const repair = actOf(rights, 'ledger.repair', t('act_repair'), 3, 'admin', () => openLedgerDialog({ kind: 'repair', chainId }), name);
  return [
    actOf(rights, 'ledger.verifyAll', t('act_verifyAll'), 0, 'viewer', verifyAll, name),
    ask('verify'),
    ask('compare'),
    ask('export'),
    actOf(rights, 'ledger.node', t('act_node'), 0, 'viewer', () => goTo('nodes', { node: chainId }), name),
    chain.state === 'damaged' ? repair : { ...repair, enabled: false, reason: t('nothingToRepair', { name }) },
  ];
}

/** What can be done with an entry: its inspector, the menu of its row and the palette show these. Nothing changes it. */
export function entryActions({ t, rights }: ActContext, entry: LedgerEntry): readonly Action[] {
  const { chainId, number, target, chainName } = entry;
  const detail = `${chainName} #${formatCount(number)}`;
  const confirm = () => showLedger({ entry: { chain: chainId, number }, entryTab: 'confirmations' });
  const proof = () => showLedger({ entry: { chain: chainId, number }, entryTab: 'proof' });
  const place = objectPlace(entry);
  const note = () => openLedgerDialog({ kind: 'note', target: `${chainName} #${number}` });
  return [
    ...(place === undefined
      ? []
      : [
          actOf(
            rights,
            'ledger.object',
            t('act_object', { target }),
            0,
            'viewer',
            () => goTo(place.view, place.query, { object: place.object }),
            detail,
          ),
        ]),
    actOf(rights, 'ledger.confirm', t('act_confirm'), 0, 'operator', confirm, detail),
    actOf(rights, 'ledger.proof', t('act_proof'), 0, 'operator', proof, detail),
    actOf(rights, 'ledger.copy', t('act_copy'), 0, 'operator', () => void copyEntry(t, entry), detail),
    actOf(rights, 'ledger.noteOn', t('act_noteOn'), 2, 'operator', note, detail),
  ];
}

async function copyEntry(t: Translate, entry: LedgerEntry): Promise<void> {
  await copyJson(t, entry, entry.number);
}

/** Puts something of an entry on the clipboard as JSON. @param number of the entry, for the toast */
export async function copyJson(t: Translate, value: unknown, number: number): Promise<void> {
  const copied = await copyText(JSON.stringify(value, null, 2));
  showToast(copied ? { title: t('wasCopied', { number: formatCount(number) }) } : { title: t('notCopied'), tone: 'error' });
}

/** What belongs to the screen itself. */
export function screenActions({ t, rights }: ActContext, route: LedgerRoute): readonly Action[] {
  const listed = route.tab === 'entries';
  return [
    { ...actOf(rights, 'ledger.note', t('act_note'), 2, 'operator', () => openLedgerDialog({ kind: 'note' })), shortcut: 'mod+n' },
    actOf(rights, 'ledger.verifyEach', t('act_verifyEach'), 0, 'viewer', () => void verifyAllChains()),
    actOf(rights, 'ledger.checkpoint', t('act_checkpoint'), 2, 'admin', () => openLedgerDialog({ kind: 'checkpoint' })),
    { id: 'ledger.filter', group: 'act', title: t('focusFilter'), shortcut: '/', danger: 0, enabled: listed, run: focusFilter },
    {
      id: 'ledger.pause',
      group: 'act',
      title: t('pauseOrGoOn'),
      shortcut: 'space',
      danger: 0,
      enabled: listed,
      run: () => useLive.setState(({ paused }) => ({ paused: !paused })),
    },
    {
      id: 'ledger.tab',
      group: 'act',
      title: listed ? t('showChains') : t('showEntries'),
      danger: 0,
      run: () => showLedger({ tab: listed ? 'chains' : 'entries' }),
    },
    {
      id: 'ledger.close',
      group: 'act',
      title: t('closeInspector'),
      shortcut: 'escape',
      danger: 0,
      enabled: route.entry !== undefined && listed,
      run: () => {
        showLedger({ entry: undefined });
        focusTable(entryListId);
      },
    },
  ];
}
