/** What is said of a file that was checked. */
import type { LedgerFault } from '../../../../common/contract/ledger.ts';
import type { Verdict } from '../sync/confirmation.ts';

/** The first place of a file that is not right. */
export interface ExportFault {
  /** From 1. */
  readonly line: number;
  readonly height: number | null;
  /** Of the entry, where one is concerned. */
  readonly number: number | null;
  /** Member of the line, for example `entries[2]`. */
  readonly field: string | null;
  readonly fault: LedgerFault['fault'] | 'line' | 'details' | 'confirmation' | 'truncated';
  readonly message: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** What another node says in the file, its signature checked. */
export interface ExportConfirmation {
  readonly nodeId: string;
  readonly name: string;
  readonly at: number;
  readonly height: number;
  readonly verdict: Verdict;
}

/** What a file holds, as far as it was found right. */
export interface ExportReport {
  readonly whole: boolean;
  readonly fault: ExportFault | null;
  readonly chainId: string | null;
  readonly name: string | null;
  readonly exportedAt: number | null;
  readonly blocks: number;
  readonly entries: number;
  readonly firstHeight: number | null;
  readonly firstNumber: number | null;
  readonly lastNumber: number | null;
  /** Milliseconds since the epoch, of the first and the last entry. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly headHash: string | null;
  /** Acts whose params are in the file and match the digest of their entry. */
  readonly details: number;
  readonly confirmations: readonly ExportConfirmation[];
  /** Node that signed header and end of the file; null: it is of version 1, of which the last blocks can be cut off unseen. */
  readonly signedBy: string | null;
}
