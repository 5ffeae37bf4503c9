import { brokerLimits } from '../limits.ts';
import type { EncodedCommand } from '../machine/index.ts';
import type { CommandResult } from '../machine/types.ts';

/** Why a command was not done. `UNCERTAIN`: it may yet be: a retry with the same producer stamp or request id is safe. */
export type NotDone = 'NOT_LEADER' | 'BUSY' | 'UNCERTAIN';

/** How a command ended. The result may be a refusal by the state machine: that is an end as any other. */
export type CommandOutcome =
  | { readonly ok: true; readonly result: CommandResult; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly code: NotDone };

export type CommandDone = (outcome: CommandOutcome) => void;

/** Commands that became one entry of the log, in its order. */
export interface Bundle {
  readonly commands: readonly EncodedCommand[];
  readonly done: readonly CommandDone[];
  readonly sizeBytes: number;
}

/** The commands of a group that wait: for the next bundle, or in a bundle for the majority. Bounded by items and bytes. */
export class WaitingCommands {
  #commands: EncodedCommand[] = [];
  #done: CommandDone[] = [];
  /** First command that is in no bundle yet. */
  #head = 0;
  #queuedBytes = 0;
  readonly #proposed = new Map<number, Bundle>();
  readonly #byIndex = new Map<number, { readonly bundle: Bundle; readonly term: number }>();
  #inFlightCommands = 0;
  #inFlightBytes = 0;
  #refused = 0;

  /** Commands in no bundle yet. */
  get queued(): number {
    return this.#commands.length - this.#head;
  }

  /** All that wait, in whatever way. */
  get size(): number {
    return this.queued + this.#inFlightCommands;
  }

  get sizeBytes(): number {
    return this.#queuedBytes + this.#inFlightBytes;
  }

  /** What waits would make an entry as large as they get: there is nothing to wait for. */
  get hasFullBundle(): boolean {
    return this.queued >= brokerLimits.bundleCommands || this.#queuedBytes >= brokerLimits.bundleBytes;
  }

  get bundlesInFlight(): number {
    return this.#proposed.size + this.#byIndex.size;
  }

  /** Commands turned away because too many waited, since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** False: too much waits already; the command was not taken. */
  add(command: EncodedCommand, done: CommandDone): boolean {
    if (this.size >= brokerLimits.waitingCommands || this.sizeBytes + command.sizeBytes > brokerLimits.waitingBytes) {
      this.#refused += 1;
      return false;
    }
    this.#commands.push(command);
    this.#done.push(done);
    this.#queuedBytes += command.sizeBytes;
    return true;
  }

  /** Takes the oldest commands that make one entry; at least one where there is one. */
  takeBundle(proposalId: number): Bundle | undefined {
    const first = this.#head;
    let end = first;
    let sizeBytes = 0;
    while (end < this.#commands.length && end - first < brokerLimits.bundleCommands) {
      const next = (this.#commands[end] as EncodedCommand).sizeBytes;
      if (end > first && sizeBytes + next > brokerLimits.bundleBytes) break;
      sizeBytes += next;
      end += 1;
    }
    if (end === first) return undefined;
    const bundle = { commands: this.#commands.slice(first, end), done: this.#done.slice(first, end), sizeBytes };
    this.#head = end;
    this.#queuedBytes -= sizeBytes;
    this.#inFlightCommands += bundle.commands.length;
    this.#inFlightBytes += sizeBytes;
    if (this.#head === this.#commands.length || this.#head > 8_192) {
      this.#commands = this.#commands.slice(this.#head);
      this.#done = this.#done.slice(this.#head);
      this.#head = 0;
    }
    this.#proposed.set(proposalId, bundle);
    return bundle;
  }

  /** The core gave the bundle a place in the log. */
  accepted(proposalId: number, index: number, term: number): void {
    const bundle = this.#proposed.get(proposalId);
    if (bundle === undefined) return;
    this.#proposed.delete(proposalId);
    const before = this.#byIndex.get(index);
    this.#byIndex.set(index, { bundle, term });
    // A later term has the place: the entry that was there before can no longer be committed.
    if (before !== undefined) this.#end(before.bundle, { ok: false, code: 'NOT_LEADER' });
  }

  /** The core did not take the bundle: nothing of it will happen. */
  refusedBundle(proposalId: number, code: NotDone): void {
    const bundle = this.#proposed.get(proposalId);
    if (bundle === undefined) return;
    this.#proposed.delete(proposalId);
    this.#end(bundle, { ok: false, code });
  }

  /** An entry was applied: answers those who wait for it. */
  applied(index: number, term: number, results: readonly CommandResult[]): void {
    const waiting = this.#byIndex.get(index);
    if (waiting === undefined) return;
    this.#byIndex.delete(index);
    if (waiting.term !== term) {
      this.#end(waiting.bundle, { ok: false, code: 'NOT_LEADER' });
      return;
    }
    this.#release(waiting.bundle);
    const { done } = waiting.bundle;
    for (let place = 0; place < done.length; place += 1)
      (done[place] as CommandDone)({ ok: true, result: results[place] as CommandResult, index, term });
  }

  /** Ends all: what is in no bundle was certainly not done, what is may be. */
  fail(code: NotDone): void {
    const { queued } = this;
    const done = this.#done.slice(this.#head);
    this.#commands = [];
    this.#done = [];
    this.#head = 0;
    this.#queuedBytes = 0;
    const bundles = [...this.#proposed.values(), ...[...this.#byIndex.values()].map(({ bundle }) => bundle)];
    this.#proposed.clear();
    this.#byIndex.clear();
    for (const bundle of bundles) this.#end(bundle, { ok: false, code: 'UNCERTAIN' });
    if (queued > 0) for (const each of done) each({ ok: false, code });
  }

  #end(bundle: Bundle, outcome: CommandOutcome): void {
    this.#release(bundle);
    for (const done of bundle.done) done(outcome);
  }

  #release(bundle: Bundle): void {
    this.#inFlightCommands -= bundle.commands.length;
    this.#inFlightBytes -= bundle.sizeBytes;
  }
}
