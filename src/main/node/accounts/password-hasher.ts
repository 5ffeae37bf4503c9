import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';

/** What is kept of a password. */
export interface PasswordRecord {
  /** 16 random bytes, hex. */
  readonly salt: string;
  /** 32 bytes, hex. */
  readonly hash: string;
  /** Base-2 logarithm of scrypt's N, kept so that it can be raised later without losing anybody. */
  readonly cost: number;
}

/** N = 2^15, r = 8, p = 1: 32 MiB and about 60 ms a hash. */
const currentCost = 15;
const blockSize = 8;
const hashBytes = 32;
/** Each running hash holds a thread of the pool and 32 MiB; two leave the pool to the disk. */
const maxRunning = 2;
const maxWaiting = 32;

/**
 * Slow salted hashes of what a client sends instead of a password (wire.md 1: lower-case hex SHA-256). Never on the
 * main thread, at most two at once, and a bounded line of those that wait.
 */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Compared against when there is no such user, so that an unknown name takes as long as a wrong password. */
  readonly #nobody: PasswordRecord = { salt: randomBytes(16).toString('hex'), hash: '00'.repeat(hashBytes), cost: currentCost };

  /**
   * @param passwordSha256 lower-case hex SHA-256 of the password
   * @throws SignalboxError `OVERLOADED` when too many wait
   */
  async create(passwordSha256: string): Promise<PasswordRecord> {
    const salt = randomBytes(16);
    const hash = await this.#derive(passwordSha256, salt, currentCost);
    return { salt: salt.toString('hex'), hash: hash.toString('hex'), cost: currentCost };
  }

  /**
   * @param record undefined for an unknown user: the same work, and false
   * @throws SignalboxError `OVERLOADED` when too many wait
   */
  async verify(passwordSha256: string, record: PasswordRecord | undefined): Promise<boolean> {
    const against = record ?? this.#nobody;
    const hash = await this.#derive(passwordSha256, Buffer.from(against.salt, 'hex'), against.cost);
    return timingSafeEqual(hash, Buffer.from(against.hash, 'hex')) && record !== undefined;
  }

  async #derive(password: string, salt: Buffer, cost: number): Promise<Buffer> {
    await this.#enter();
    try {
      return await deriveKey(password, salt, { N: 2 ** cost, r: blockSize, p: 1, maxmem: 256 * blockSize * 2 ** cost });
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (this.#running < maxRunning) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.length >= maxWaiting) {
      return Promise.reject(
        new SignalboxError('OVERLOADED', 'Too many people are signing in at this moment. Try again in some seconds.', { executed: 'no' }),
      );
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    // The place passes on to whoever waited longest, so the count stays.
    if (next === undefined) this.#running--;
    else next();
  }
}

function deriveKey(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
