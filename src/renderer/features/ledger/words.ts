/** What is said of entries and chains, the same in every part of the screen. */
import type { TFunction } from 'i18next';
import type { LedgerChain, LedgerConfirmation, LedgerEntry } from '../../../common/contract/ledger.ts';
import { isNodeId } from '../../../common/ids.ts';
import type { StateKind } from '../../design/icons/index.ts';
import { formatCount, formatTime } from '../../state/format.ts';
import { missingBlocks } from './model/chain-table.ts';

type Translate = TFunction<'ledger'>;

/** `#12,408` */
export function numberWord(number: number): string {
  return `#${formatCount(number)}`;
}

/** What was done: the method for acts; a word for what the ledger writes of itself. */
export function actWord(t: Translate, { kind, act }: Pick<LedgerEntry, 'kind' | 'act'>): string {
  return kind === 'act' || kind === 'refusal' ? act : t(`kind_${kind}`);
}

/**
 * Who did it: `alice`, of another node than the one that wrote it `alice@press-07`. What a node writes of itself has its name.
 *
 * @param nameOf the name of a node, by id
 */
export function actorWord({ actor, chainId }: Pick<LedgerEntry, 'actor' | 'chainId'>, nameOf: (nodeId: string) => string): string {
  if (actor === chainId) return nameOf(chainId);
  const at = actor.lastIndexOf('@');
  const home = actor.slice(at + 1);
  if (at < 1 || !isNodeId(home)) return actor;
  const who = actor.slice(0, at);
  return home === chainId ? who : `${who}@${nameOf(home)}`;
}

/** `Done`, `Failed TIMEOUT`, `Refused FORBIDDEN` */
export function outcomeWord(t: Translate, { outcome, code }: Pick<LedgerEntry, 'outcome' | 'code'>): string {
  return code === null ? t(`outcome_${outcome}`) : t('outcomeWithCode', { word: t(`outcome_${outcome}`), code });
}

export const signatureShapes: Readonly<Record<LedgerEntry['signature'], StateKind>> = {
  valid: 'valid',
  invalid: 'invalid',
  unchecked: 'unknown',
};

export const verdictShapes: Readonly<Record<LedgerConfirmation['verdict'], StateKind>> = {
  same: 'valid',
  differs: 'invalid',
  unknown: 'lagging',
  pruned: 'unknown',
  noAnswer: 'offline',
};

/** The word beside the shape of a chain. */
export function chainStateWord(t: Translate, chain: LedgerChain): string {
  if (chain.state === 'behind') return t('state_behindBy', { amount: formatCount(missingBlocks(chain)), count: missingBlocks(chain) });
  if (chain.state === 'damaged' && chain.fault !== null) return t('state_damagedAt', { height: formatCount(chain.fault.height) });
  return t(`state_${chain.state}`);
}

/**
 * What is behind the state of a chain; undefined: the word says it all.
 *
 * @param nameOf the name of a node, by id
 */
export function chainStateHint(t: Translate, chain: LedgerChain, nameOf: (nodeId: string) => string): string | undefined {
  const { fault, state, overShare, begunBy, firstHeight } = chain;
  if (fault !== null) return fault.message;
  if (state === 'overShare' && overShare !== null) {
    const amount = { amount: formatCount(overShare.missingEntries), count: overShare.missingEntries };
    return overShare.share === 'day'
      ? t('overDayShareHint', { ...amount, time: formatTime(overShare.againAt) })
      : t('overShareHint', amount);
  }
  if (state === 'unconfirmed' && begunBy !== null) return t('unconfirmedHint', { height: formatCount(firstHeight), name: nameOf(begunBy) });
  return undefined;
}

/** A time in a list: of today without the date, of before the day alone; the inspector has all of it. */
export function listTime(atMs: number, nowMs: number): string {
  const date = new Date(atMs);
  if (date.toDateString() === new Date(nowMs).toDateString()) return formatTime(atMs);
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
