import type { LedgerFault } from '../../../common/contract/ledger.ts';
import { toErrorShape } from '../../../common/errors.ts';
import type { Problems } from '../telemetry/index.ts';

const notOpen = 'ledger.notOpen';
const damaged = 'ledger.damaged';
const faulty = 'ledger.fault';
const notSealed = 'ledger.notSealed';

/** What people are told of the file of the ledger, and what they can do. */
export class LedgerProblems {
  readonly #problems: Problems;
  readonly #chainId: string;

  /** @param chainId id of this node, which names the own chain */
  constructor(problems: Problems, chainId: string) {
    this.#problems = problems;
    this.#chainId = chainId;
  }

  notOpen(error: unknown): void {
    this.#problems.raise({
      id: notOpen,
      severity: 'crit',
      title: 'The ledger of this node cannot be opened',
      detail: `${toErrorShape(error).message} Acts are kept in the audit table until then.`,
      view: '/ledger',
    });
  }

  opened(): void {
    this.#problems.clear(notOpen);
  }

  /** @param aside where the damaged file lies now */
  setAside(detail: string, aside: string): void {
    this.#problems.raise({
      id: damaged,
      severity: 'crit',
      title: 'The file of the ledger was damaged',
      detail: `${detail} It was kept as ${aside}, and a new file was begun. Take the blocks of this node back from others with \`signalbox ledger repair\`; copies of other chains come by themselves. This stays until the node restarts.`,
      view: '/ledger',
    });
  }

  fault(fault: LedgerFault): void {
    const isOwn = fault.chainId === this.#chainId;
    this.#problems.raise({
      id: faulty,
      // A copy can be taken again; nothing that this node does depends on it.
      severity: isOwn ? 'crit' : 'warn',
      title: `${isOwn ? 'The ledger of this node' : 'A copy of the ledger of another node'} ${fault.fault === 'gap' ? 'is not complete' : 'was changed'}`,
      detail: `${fault.message} Chain of ${fault.chainId}. Take whole blocks from other nodes with \`signalbox ledger repair\`; the damaged file is kept beside it.`,
      view: '/ledger',
    });
  }

  whole(): void {
    this.#problems.clear(faulty);
  }

  notSealed(error: unknown): void {
    this.#problems.raise({
      id: notSealed,
      severity: 'warn',
      title: 'Old entries of the ledger stay in it',
      detail: `${toErrorShape(error).message} It is tried again every hour.`,
      view: '/ledger',
    });
  }

  sealed(): void {
    this.#problems.clear(notSealed);
  }
}
