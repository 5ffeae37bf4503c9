/** Comparing a short number: joining without a code, when two people see both screens (security.md 2.4). */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { sha256 } from '../digest.ts';
import { trustLimits } from '../limits.ts';
import { refusal } from '../refusal.ts';

const tag = Buffer.from('SGBX/sas/v1', 'latin1');

/** Label of the TLS exporter for the number; its context is the commitment. */
export const comparisonExporterLabel = 'EXPORTER-SGBX-sas-v1';

const nonceBytes = 32;
const digits = 6;

/** What the joiner sends first, so that it cannot choose its nonce by the inviter's. */
export function comparisonCommitment(joiner: Uint8Array, joinerNonce: Uint8Array): Uint8Array {
  return sha256(tag, joiner, joinerNonce);
}

/** A nonce of one comparison. */
export function newComparisonNonce(): Uint8Array {
  return new Uint8Array(randomBytes(nonceBytes));
}

/** Everything the number depends on. */
export interface Comparison {
  /** What TLS exports, 32 bytes. */
  readonly channelBinding: Uint8Array;
  readonly joiner: Uint8Array;
  readonly inviter: Uint8Array;
  readonly joinerNonce: Uint8Array;
  readonly inviterNonce: Uint8Array;
}

/** The six digits both screens show when nobody stands between them. */
export function shortNumber({ channelBinding, joiner, inviter, joinerNonce, inviterNonce }: Comparison): string {
  const digest = sha256(tag, channelBinding, joiner, inviter, joinerNonce, inviterNonce);
  return String(Buffer.from(digest).readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0');
}

/** Where one request to join stands, on the inviter's side. */
type Stage = 'committed' | 'shown' | 'ended';

/** One request: commitment, opening, and the digits typed once. */
export class ComparisonRequest {
  readonly inviterNonce = newComparisonNonce();
  readonly #commitment: Uint8Array;
  readonly #fixed: Pick<Comparison, 'channelBinding' | 'joiner' | 'inviter'>;
  readonly #endsMs: number;
  #stage: Stage = 'committed';
  #number = '';

  /** @param nowMs on a clock that only goes forward; the request ends after 60 s */
  constructor(commitment: Uint8Array, fixed: Pick<Comparison, 'channelBinding' | 'joiner' | 'inviter'>, nowMs: number) {
    this.#commitment = commitment;
    this.#fixed = fixed;
    this.#endsMs = nowMs + trustLimits.comparisonMs;
  }

  /**
   * The joiner opens its commitment.
   *
   * @returns the number to be shown
   * @throws SignalboxError `INVITE_INVALID` when it opens to something else, or too late
   */
  open(joinerNonce: Uint8Array, nowMs: number): string {
    this.#expect('committed', nowMs);
    const { joiner } = this.#fixed;
    if (joinerNonce.length !== nonceBytes || Buffer.compare(comparisonCommitment(joiner, joinerNonce), this.#commitment) !== 0) {
      this.#stage = 'ended';
      throw refusal('INVITE_INVALID', 'The node that asked to join changed what it had promised. It was refused.', {
        reason: 'commitment',
      });
    }
    this.#stage = 'shown';
    this.#number = shortNumber({ ...this.#fixed, joinerNonce, inviterNonce: this.inviterNonce });
    return this.#number;
  }

  /**
   * The admin types what the other screen shows; one attempt.
   *
   * @throws SignalboxError `INVITE_INVALID` for other digits, or too late
   */
  confirm(typed: string, nowMs: number): void {
    this.#expect('shown', nowMs);
    this.#stage = 'ended';
    const entered = Buffer.from(
      typed
        .replaceAll(/\s/g, '')
        .slice(0, 2 * digits)
        .padEnd(digits),
      'utf8',
    );
    const shown = Buffer.from(this.#number, 'utf8');
    if (entered.length !== shown.length || !timingSafeEqual(entered, shown))
      throw refusal('INVITE_INVALID', 'The numbers differ: somebody may stand between the two nodes. The request was refused.', {
        reason: 'number',
      });
  }

  #expect(stage: Stage, nowMs: number): void {
    if (this.#stage !== stage) throw refusal('INVITE_INVALID', 'This request to join has ended. Ask again.', { reason: 'ended' });
    if (nowMs < this.#endsMs) return;
    this.#stage = 'ended';
    throw refusal('INVITE_INVALID', 'The time to compare the numbers is over. Ask again.', { reason: 'expired' });
  }
}

const hourMs = 3_600_000;

/** Bounds how often an address may ask to join without a code. */
export class ComparisonLimiter {
  readonly #requests = new LRUCache<string, readonly number[]>({ max: trustLimits.comparisonAddresses });

  /**
   * @param nowMs on a clock that only goes forward
   * @throws SignalboxError `OVERLOADED`; `data.retryAfterSeconds`
   */
  take(address: string, nowMs: number): void {
    const recent = (this.#requests.get(address) ?? []).filter((takenMs) => nowMs - takenMs < hourMs);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= trustLimits.comparisonsPerHour)
      throw refusal('OVERLOADED', 'This address has asked to join too often. Wait before it asks again.', {
        retryAfterSeconds: Math.ceil((oldest + hourMs - nowMs) / 1_000),
      });
    this.#requests.set(address, [...recent, nowMs]);
  }
}
