import type { Counter } from 'prom-client';
import type { ErrorCode } from '../../../common/errors.ts';
import type { Door } from '../../../common/roles.ts';
import { RepeatSampler } from '../telemetry/index.ts';
import type { Logger } from '../telemetry/types.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { RefusedCaller } from './types.ts';

/**
 * The one place where refusals of callers are counted by code, logged and written into the audit table (security.md 2.7 and
 * section 6: one line of a caller, act and code in 10 s, and the count of the rest).
 */
export class Refusals {
  readonly #logger: Logger;
  readonly #audit: AuditTrail;
  readonly #sampler = new RepeatSampler();
  readonly #counts = new Map<string, { readonly code: ErrorCode; readonly via: Door; count: number }>();

  constructor(options: { readonly logger: Logger; readonly audit: AuditTrail }) {
    this.#logger = options.logger;
    this.#audit = options.audit;
  }

  /** Counts, logs and audits. */
  add(refused: RefusedCaller): void {
    const { principal, act, target, error } = refused;
    this.count(error.code, principal.via);
    this.#audit.refused(refused);
    const heldBack = this.#sampler.take(JSON.stringify([principal.user, act, error.code]));
    if (heldBack === undefined) return;
    this.#logger.warn('router.refused', error.message, {
      user: principal.user,
      via: principal.via,
      act,
      ...(target !== undefined && { target }),
      code: error.code,
      heldBack,
    });
  }

  /** Counts alone, for a door that logs and audits what it refuses with the address it knows. */
  count(code: ErrorCode, via: Door): void {
    const key = `${code} ${via}`;
    const counted = this.#counts.get(key);
    if (counted === undefined) this.#counts.set(key, { code, via, count: 1 });
    else counted.count++;
  }

  /** Shows the counts on a counter; there are at most as many as codes times doors. */
  show(counter: Counter<'code' | 'via'>): void {
    counter.reset();
    for (const { code, via, count } of this.#counts.values()) counter.inc({ code, via }, count);
  }
}
