import { createHmac, randomBytes } from 'node:crypto';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { SignalboxError } from '../../../common/errors.ts';

/** How many failed sign-ins are allowed. */
export interface AttemptLimits {
  readonly attempts: number;
  readonly windowSeconds: number;
}

const perAddress: AttemptLimits = { attempts: 10, windowSeconds: 60 };
const perUsername: AttemptLimits = { attempts: 10, windowSeconds: 300 };

/** An attempt that was let through; say how it ended. */
export interface Attempt {
  /** The secret was right: the attempt does not count. */
  succeeded(): Promise<void>;
}

/**
 * Limits guesses of passwords, refresh tokens and set-up links, by address and by name. An attempt counts before it is
 * checked, so a hundred at once gain nothing over a hundred in a row.
 */
export class AttemptLimiter {
  readonly #addresses: RateLimiterMemory;
  readonly #usernames: RateLimiterMemory;
  readonly #bucketKey = randomBytes(16);

  constructor(options: { readonly address?: AttemptLimits; readonly username?: AttemptLimits } = {}) {
    this.#addresses = limiter(options.address ?? perAddress);
    this.#usernames = limiter(options.username ?? perUsername);
  }

  /**
   * @param act what is tried: a program that goes on with an old refresh token must not keep its neighbours from signing in
   * @param address remote address of the socket
   * @param username the name tried, when there is one
   * @throws SignalboxError `OVERLOADED` with `data.retryAfterSeconds`
   */
  async begin(act: string, address: string, username?: string): Promise<Attempt> {
    const addressBucket = this.#bucket(`${act} ${networkOf(address)}`);
    await consume(this.#addresses, addressBucket, 'from this address');
    const usernameBucket = username === undefined ? undefined : this.#bucket(username);
    if (usernameBucket !== undefined) await consume(this.#usernames, usernameBucket, 'for this name');
    return {
      succeeded: async () => {
        await this.#addresses.reward(addressBucket);
        if (usernameBucket !== undefined) await this.#usernames.delete(usernameBucket);
      },
    };
  }

  /** One of 65,536 buckets, keyed by chance at each start: the memory is bounded and nobody can aim at another's bucket. */
  #bucket(value: string): string {
    return createHmac('sha256', this.#bucketKey).update(value).digest('hex').slice(0, 4);
  }
}

function limiter(options: AttemptLimits): RateLimiterMemory {
  return new RateLimiterMemory({ points: options.attempts, duration: options.windowSeconds });
}

async function consume(limiterOf: RateLimiterMemory, bucket: string, where: string): Promise<void> {
  try {
    await limiterOf.consume(bucket);
  } catch (refusal) {
    const { msBeforeNext } = refusal as RateLimiterRes;
    // Its timer is monotonic, what it says is not: a clock that was set back would have people wait for a day.
    const seconds = Math.min(limiterOf.duration, Math.max(1, Math.ceil(msBeforeNext / 1_000)));
    throw new SignalboxError('OVERLOADED', `Too many attempts to sign in ${where}. Try again in ${seconds} s.`, {
      executed: 'no',
      data: { retryAfterSeconds: seconds },
    });
  }
}

/** One person has a whole IPv6 /64, so it counts as one address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}
