import { createHash } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import type { Logger } from '../telemetry/types.ts';
import type { Answers, KeptOutcome } from './answers.ts';
import type { CallOutcome } from './running-call.ts';

/** Answers larger than this are not kept; a repeat learns that it was done. */
const keptAnswerChars = 262_144;

/** A write that must happen once. */
export interface KeyedCall {
  readonly user: string;
  readonly key: string;
  readonly method: string;
  /** Without secrets: a fast hash of them is kept, which could be guessed. */
  readonly params: unknown;
  /** The answer is shown once and never kept. */
  readonly secretResult: boolean;
}

interface Running {
  readonly fingerprint: string;
  readonly outcome: Promise<CallOutcome>;
}

/**
 * Same key, same user, same call: the effect happens once, and every repeat gets its answer (security.md row 20c), whether
 * it comes while the first still runs, after it, or after a restart of the node.
 */
export class Idempotency {
  readonly #answers: Answers;
  readonly #logger: Logger;
  readonly #running = new Map<string, Running>();

  constructor(answers: Answers, logger: Logger) {
    this.#answers = answers;
    this.#logger = logger;
  }

  /**
   * Runs `effect`, or joins or repeats the answer of an earlier call with the key. Never rejects.
   *
   * The outcome is the error `CONFLICT` when the key was used for another call, or when what it did is no longer told.
   */
  run(call: KeyedCall, effect: () => Promise<CallOutcome>): Promise<CallOutcome> {
    const id = JSON.stringify([call.user, call.key]);
    const fingerprint = fingerprintOf(call.method, call.params);
    const running = this.#running.get(id);
    if (running !== undefined) return running.fingerprint === fingerprint ? running.outcome : Promise.resolve(otherCall(call));
    const outcome = this.#runOnce(call, fingerprint, effect).finally(() => this.#running.delete(id));
    this.#running.set(id, { fingerprint, outcome });
    return outcome;
  }

  async #runOnce(call: KeyedCall, fingerprint: string, effect: () => Promise<CallOutcome>): Promise<CallOutcome> {
    const { user, key } = call;
    const known = await this.#try('recall', () => this.#answers.recall(user, key));
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) return otherCall(call);
      return known.outcome === undefined ? interrupted(call) : revive(known.outcome);
    }
    await this.#try('begin', () => this.#answers.begin(user, key, fingerprint));
    const outcome = await effect();
    if (!outcome.ok && outcome.error.executed === 'no') await this.#try('forget', () => this.#answers.forget(user, key));
    else await this.#try('keep', () => this.#answers.keep(user, key, fingerprint, toKeep(call, outcome)));
    return outcome;
  }

  /** A store that fails must not stop the node from being administered; repeats while the call runs are joined all the same. */
  async #try<T>(step: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act();
    } catch (error) {
      this.#logger.error('router.answers_failed', 'Answers of writes cannot be kept: a repeat after a restart may run twice.', {
        step,
        error,
      });
      return undefined;
    }
  }
}

function toKeep(call: KeyedCall, outcome: CallOutcome): KeptOutcome {
  if (!outcome.ok) return { ok: false, error: outcome.error.toShape() };
  if (call.secretResult || (JSON.stringify(outcome.data)?.length ?? 0) > keptAnswerChars) {
    const message = `${call.method} was done already with this key. Its answer is told once.`;
    return { ok: false, error: { code: 'CONFLICT', message, retryable: false, executed: 'yes' } };
  }
  return { ok: true, data: outcome.data };
}

function revive(outcome: KeptOutcome): CallOutcome {
  return outcome.ok ? outcome : { ok: false, error: SignalboxError.fromShape(outcome.error) };
}

function otherCall(call: KeyedCall): CallOutcome {
  const message = `The idempotency key was used for another call. ${call.method} was not run.`;
  return { ok: false, error: new SignalboxError('CONFLICT', message, { executed: 'no' }) };
}

function interrupted(call: KeyedCall): CallOutcome {
  const message = `The node stopped while ${call.method} ran with this key. It may have taken effect; check before trying again with a new key.`;
  return { ok: false, error: new SignalboxError('NODE_LOST', message, { executed: 'maybe', retryable: false }) };
}

function fingerprintOf(method: string, params: unknown): string {
  return createHash('sha256').update(method).update('\n').update(stableJson(params)).digest('base64url');
}

/** JSON with sorted keys, so that the order in which a caller wrote its params does not matter. */
function stableJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
        : item,
    ) ?? ''
  );
}
