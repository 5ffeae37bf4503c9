import { RateLimiterMemory } from 'rate-limiter-flexible';
import { networkOf } from '../../accounts/index.ts';
import { gatewayLimits } from './limits.ts';

/** Failures to sign in by address: after too many in a minute the address waits for one (security.md row 55). */
export class FailedSignIns {
  readonly #limiter = new RateLimiterMemory({
    points: gatewayLimits.failuresPerAddress,
    duration: gatewayLimits.failureWindowSeconds,
  });
  #total = 0;

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** @returns whole seconds that the address has to wait; undefined: it need not */
  async waitSeconds(address: string): Promise<number | undefined> {
    const known = await this.#limiter.get(networkOf(address));
    if (known === null || known.consumedPoints < gatewayLimits.failuresPerAddress) return undefined;
    return Math.min(gatewayLimits.failureWindowSeconds, Math.max(1, Math.ceil(known.msBeforeNext / 1_000)));
  }

  async add(address: string): Promise<void> {
    this.#total += 1;
    const network = networkOf(address);
    const { consumedPoints } = await this.#limiter.penalty(network);
    if (consumedPoints === gatewayLimits.failuresPerAddress) await this.#limiter.block(network, gatewayLimits.failureWindowSeconds);
  }
}
