import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import type { Link } from '../links/index.ts';
import { RetryDelay } from '../retry-delay.ts';
import type { Address } from './contacts.ts';
import { membershipLimits } from './limits.ts';

export interface MemberDialerOptions {
  /** The likeliest first. */
  readonly addresses: () => readonly Address[];
  /** @throws SignalboxError why there is no link */
  readonly dial: (address: Address, signal: AbortSignal) => Promise<Link>;
  readonly isLinked: () => boolean;
  readonly onLink: (link: Link, address: Address) => void;
  /** No address gave a link. */
  readonly onFailure: (error: SignalboxError) => void;
}

/** Failures that pass by themselves. `NOT_MEMBER`: the other has perhaps not heard of this node yet. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'NODE_UNREACHABLE',
  'NODE_LOST',
  'TIMEOUT',
  'OVERLOADED',
  'CONFLICT',
  'NOT_MEMBER',
  'CANCELLED',
]);

/** Dials one member, its addresses in turn, until there is a link; after one is lost, again. */
export class MemberDialer {
  readonly #options: MemberDialerOptions;
  readonly #retry = new RetryDelay();
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(options: MemberDialerOptions) {
    this.#options = options;
  }

  /** Dials now: at the start, and when there is reason to hope. */
  wake(): void {
    if (this.#busy || this.#stopped.signal.aborted) return;
    clearTimeout(this.#timer);
    void this.#run();
  }

  /** The link was lost: dials after a pause. */
  lost(): void {
    if (!this.#busy) this.#after(this.#retry.nextMs());
  }

  /** The link was refused, and would be again: dials after a long pause. */
  rest(): void {
    if (!this.#busy) this.#after(membershipLimits.refusedRestMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped.abort();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    const failures = await this.#dialInTurn();
    this.#busy = false;
    const [first] = failures;
    if (this.#stopped.signal.aborted || first === undefined || this.#options.isLinked()) return;
    this.#options.onFailure(failures.find(({ code }) => !passing.has(code)) ?? first);
    this.#after(failures.some(({ code }) => passing.has(code)) ? this.#retry.nextMs() : membershipLimits.refusedRestMs);
  }

  /** Why each address failed; none when there is a link or nothing to dial. */
  async #dialInTurn(): Promise<readonly SignalboxError[]> {
    const { addresses, dial, isLinked, onLink } = this.#options;
    const failures: SignalboxError[] = [];
    for (const address of addresses()) {
      if (isLinked() || this.#stopped.signal.aborted) return [];
      try {
        const link = await dial(address, this.#stopped.signal);
        this.#retry.reset();
        onLink(link, address);
        return [];
      } catch (error) {
        failures.push(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Dialling failed.', { cause: error }));
      }
    }
    return failures;
  }

  #after(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped.signal.aborted) this.#timer = setTimeout(() => this.wake(), ms).unref();
  }
}
