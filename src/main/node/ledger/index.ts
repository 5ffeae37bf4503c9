/** The signed hash chain of what each node did: docs/ledger.md. */
export type { ChainHead, ChainStore, ListedEntry } from './chain-store.ts';
export type { EntryDraft } from './entry.ts';
export { LedgerPart } from './ledger-part.ts';
export { ledgerLimits } from './limits.ts';
