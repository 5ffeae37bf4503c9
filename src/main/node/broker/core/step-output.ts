import type { BrokerId, CoreFault, CoreMessage, CoreOutput, LogEntry, OutgoingMessage, ProposalOutcome, ReadOutcome } from './types.ts';

const none: readonly never[] = Object.freeze([]);

/** Gathers what one step wants done. */
export class StepOutput {
  entries: LogEntry[] | undefined;
  truncateFrom: number | undefined;
  hardStateChanged = false;
  recovered = false;
  #send: OutgoingMessage[] | undefined;
  #committed: LogEntry[] | undefined;
  #proposals: ProposalOutcome[] | undefined;
  #reads: ReadOutcome[] | undefined;
  #load: CoreOutput['load'][number][] | undefined;
  #snapshots: BrokerId[] | undefined;
  #faults: CoreFault[] | undefined;

  /** @param afterTicket The write that must be on the disk before it goes; undefined: at once. */
  send(to: BrokerId, message: CoreMessage, afterTicket?: number): void {
    this.#send ??= [];
    this.#send.push({ to, message, afterTicket });
  }

  append(entry: LogEntry): void {
    this.entries ??= [];
    this.entries.push(entry);
  }

  commit(entry: LogEntry): void {
    this.#committed ??= [];
    this.#committed.push(entry);
  }

  proposal(outcome: ProposalOutcome): void {
    this.#proposals ??= [];
    this.#proposals.push(outcome);
  }

  read(outcome: ReadOutcome): void {
    this.#reads ??= [];
    this.#reads.push(outcome);
  }

  load(brokerId: BrokerId, fromIndex: number, maxBytes: number): void {
    this.#load ??= [];
    this.#load.push({ for: brokerId, fromIndex, maxBytes });
  }

  snapshot(to: BrokerId): void {
    this.#snapshots ??= [];
    this.#snapshots.push(to);
  }

  fault(fault: CoreFault): void {
    this.#faults ??= [];
    this.#faults.push(fault);
  }

  get writes(): boolean {
    return this.hardStateChanged || this.truncateFrom !== undefined || this.entries !== undefined;
  }

  build(persist: CoreOutput['persist'], changed: boolean, wakeAtMs: number): CoreOutput {
    return {
      persist,
      send: this.#send ?? none,
      committed: this.#committed ?? none,
      proposals: this.#proposals ?? none,
      reads: this.#reads ?? none,
      load: this.#load ?? none,
      snapshots: this.#snapshots ?? none,
      faults: this.#faults ?? none,
      recovered: this.recovered,
      changed,
      wakeAtMs,
    };
  }
}
