import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import { type Address, formatAddress } from './contacts.ts';
import { membershipLimits } from './limits.ts';

/** Nodes on the local network at which one can join, as they say themselves. */
export interface NearbyDoors {
  /** Those known now; asking also asks the network. */
  readonly list: () => readonly Address[];
  /** Calls `listener` when the list is another one. @returns how to stop */
  readonly onChange: (listener: () => void) => () => void;
}

/** Asks at one address. `extend` is called with the milliseconds that an admin there has to decide. */
export type AskAt<T> = (address: Address, signal: AbortSignal, extend: (ms: number) => void) => Promise<T>;

/** What a node says that has nothing to do with the code. */
const elsewhere: ReadonlySet<ErrorCode> = new Set(['NODE_UNREACHABLE', 'NODE_LOST', 'TIMEOUT', 'CANCELLED', 'SELF', 'NOT_MEMBER']);

/**
 * Asks every node nearby at once, and those that are found meanwhile; the first that lets this node in wins. One that pretends is found
 * out by its proof, and holds up nobody (security.md row 59).
 *
 * @throws SignalboxError `NODE_UNREACHABLE` when no node is found or none answers, `INVITE_INVALID` when those that answer do not know the
 *   code, `CANCELLED`, and as an attempt
 */
export async function joinNearby<T>(doors: NearbyDoors, signal: AbortSignal, ask: AskAt<T>): Promise<T> {
  const search = new Search(doors, ask);
  const cancel = () => search.end(new SignalboxError('CANCELLED', 'Joining was given up.', { executed: 'no' }));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    if (signal.aborted) cancel();
    return await search.found;
  } finally {
    signal.removeEventListener('abort', cancel);
    search.stop();
  }
}

class Search<T> {
  readonly found: Promise<T>;
  /** Ends the search without having joined. */
  readonly end: (error: SignalboxError) => void;
  readonly #doors: NearbyDoors;
  readonly #ask: AskAt<T>;
  readonly #take: (joined: T) => void;
  readonly #stopped = new AbortController();
  readonly #asked = new Set<string>();
  readonly #failures: SignalboxError[] = [];
  readonly #settled: NodeJS.Timeout;
  readonly #unlisten: () => void;
  #timer: NodeJS.Timeout;
  #isSettled = false;

  constructor(doors: NearbyDoors, ask: AskAt<T>) {
    this.#doors = doors;
    this.#ask = ask;
    let take: (joined: T) => void = () => undefined;
    let end: (error: SignalboxError) => void = () => undefined;
    this.found = new Promise<T>((resolve, reject) => {
      take = resolve;
      end = reject;
    });
    this.#take = take;
    this.end = end;
    this.#timer = setTimeout(() => this.end(this.#failure()), membershipLimits.joinNearbyMs);
    this.#settled = setTimeout(() => {
      this.#isSettled = true;
      this.#endWhenRefused();
    }, membershipLimits.nearbySettleMs);
    this.#unlisten = doors.onChange(() => this.#askNew());
    this.#askNew();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#settled);
    this.#unlisten();
    this.#stopped.abort();
  }

  #askNew(): void {
    for (const address of this.#doors.list()) {
      const name = formatAddress(address);
      if (this.#asked.has(name)) continue;
      this.#asked.add(name);
      void this.#askAt(address);
    }
  }

  async #askAt(address: Address): Promise<void> {
    const extend = (ms: number) => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.end(this.#failure()), ms);
    };
    try {
      this.#take(await this.#ask(address, this.#stopped.signal, extend));
    } catch (error) {
      this.#failures.push(error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'Joining failed.', { cause: error }));
      this.#endWhenRefused();
    }
  }

  /** Whoever is nearby has had the time to be found: nobody more is waited for. */
  #endWhenRefused(): void {
    if (this.#isSettled && this.#asked.size > 0 && this.#failures.length === this.#asked.size) this.end(this.#failure());
  }

  #failure(): SignalboxError {
    if (this.#asked.size === 0)
      return new SignalboxError(
        'NODE_UNREACHABLE',
        'No node of a cluster was found on the local network. Name the address of the node that made the code.',
        { executed: 'no' },
      );
    return (
      this.#failures.find(({ code }) => code !== 'INVITE_INVALID' && !elsewhere.has(code)) ??
      this.#failures.find(({ code }) => code === 'INVITE_INVALID') ??
      this.#failures[0] ??
      new SignalboxError(
        'TIMEOUT',
        'The nodes on the local network did not answer in time. Name the address of the node that made the code.',
        {
          executed: 'no',
        },
      )
    );
  }
}
