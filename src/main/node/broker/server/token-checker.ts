import type { Caller } from './operations/index.ts';

/** Who stands behind an access token of the node, as of now; undefined: nobody. Asked of the thread that has the accounts. */
export type CheckToken = (token: string) => Promise<Caller | undefined>;

interface Known {
  readonly caller: Caller;
  readonly checkedAtMs: number;
}

/** How long an answer holds: a role that was taken away counts after that time at the latest. */
const trustedMs = 5_000;
const mostTokens = 1_024;

/** Tokens that were checked lately, so that a busy client costs the node's own thread one question in a few seconds. */
export class TokenChecker {
  readonly #check: CheckToken;
  readonly #known = new Map<string, Known>();

  constructor(check: CheckToken) {
    this.#check = check;
  }

  /** Without waiting; undefined: {@link ask}. */
  known(token: string): Caller | undefined {
    const known = this.#known.get(token);
    return known !== undefined && performance.now() - known.checkedAtMs < trustedMs ? known.caller : undefined;
  }

  async ask(token: string): Promise<Caller | undefined> {
    const caller = await this.#check(token);
    this.#known.delete(token);
    if (caller === undefined) return undefined;
    const oldest = this.#known.size >= mostTokens ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(token, { caller, checkedAtMs: performance.now() });
    return caller;
  }
}
