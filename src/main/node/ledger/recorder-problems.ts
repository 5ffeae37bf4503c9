import { toErrorShape } from '../../../common/errors.ts';
import type { Problems } from '../telemetry/index.ts';
import { ledgerLimits } from './limits.ts';

const waiting = 'ledger.waiting';
const behind = 'ledger.behindPeers';
const rolledBack = 'ledger.rolledBack';
const restored = 'ledger.restored';

/** What people are told when the own chain is not written, or not where it ended, and what they can do. */
export class RecorderProblems {
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  notWritten(error: unknown): void {
    this.#problems.raise({
      id: waiting,
      severity: 'crit',
      title: 'The ledger of this node cannot be written',
      detail: `${toErrorShape(error).message} Acts are kept in the audit table and get into the ledger when it can be written again.`,
      view: '/ledger',
    });
  }

  written(): void {
    this.#problems.clear(waiting);
  }

  /** @param fromHeight of the first block that is not in the file, up to the last one that was written */
  rolledBack(fromHeight: number, toHeight: number): void {
    this.#problems.raise({
      id: rolledBack,
      severity: 'crit',
      title: 'The ledger of this node is older than what it had written',
      detail: `Blocks ${fromHeight} to ${toHeight} are missing in ledger.db: it was damaged, or an older file took its place. The chain goes on after block ${toHeight}. Take the missing blocks from other nodes with \`signalbox ledger repair\`.`,
      view: '/ledger',
    });
  }

  complete(): void {
    this.#problems.clear(rolledBack);
  }

  /** @param ownHeight of the newest block of this node; undefined: none */
  behindPeers(peersHeight: number, ownHeight: number | undefined): void {
    this.#problems.raise({
      id: behind,
      severity: 'crit',
      title: 'Other nodes hold more of the ledger of this node than the node itself',
      detail: `They hold it up to block ${peersHeight}, this node up to ${ownHeight ?? 'none'}: its data folder is an older copy, or a second machine runs with the same key. Nothing is written until the missing blocks have been taken back; acts wait in the audit table.`,
      view: '/ledger',
    });
  }

  abreast(): void {
    this.#problems.clear(behind);
  }

  /** @param backupHeight of the newest block of which the backup knows */
  restored(backupHeight: number): void {
    this.#problems.raise({
      id: restored,
      severity: 'warn',
      title: 'The ledger waits for what other nodes hold of it',
      detail: `This node was made from a backup that ends at block ${backupHeight}. Until another node has said how far the chain goes, at most ${ledgerLimits.restoredWaitMs / 60_000} minutes, acts wait in the audit table.`,
      view: '/ledger',
    });
  }

  answered(): void {
    this.#problems.clear(restored);
  }
}
