import type { Counter } from 'prom-client';
import type { ErrorCode } from '../../../common/errors.ts';
import { networkOf } from '../accounts/index.ts';
import type { Router } from '../router/index.ts';
import type { AuditSink } from '../router/types.ts';
import { type Metrics, RepeatSampler } from '../telemetry/index.ts';
import type { Logger } from '../telemetry/types.ts';

/** Stable names of what is refused, also the label of the metric. */
export type RefusalReason =
  | 'host'
  | 'path'
  | 'sub-protocol'
  | 'connections'
  | 'pending'
  | 'malformed'
  | 'timeout'
  | 'token'
  | 'sign-in'
  | 'attempts';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly address: string;
  readonly message: string;
  /** Set for refusals of somebody who wanted something: what, and whoever it was claimed to be. They belong in the audit table. */
  readonly audit?: { readonly act: string; readonly user?: string; readonly code: ErrorCode };
}

/** Counts every refusal, and writes one line per network and reason in 10 s (security.md section 6, invariants). */
export class Refusals {
  readonly #logger: Logger;
  readonly #audit: AuditSink;
  readonly #counter: Counter<'reason'>;
  readonly #router: Pick<Router, 'countRefused'>;
  readonly #sampler = new RepeatSampler();

  constructor(options: {
    readonly logger: Logger;
    readonly metrics: Metrics;
    readonly audit: AuditSink;
    readonly router: Pick<Router, 'countRefused'>;
  }) {
    this.#router = options.router;
    this.#logger = options.logger;
    this.#audit = options.audit;
    this.#counter = options.metrics.counter({
      name: 'signalbox_http_refused_total',
      help: 'Requests and connections that were refused',
      labels: ['reason'],
    });
  }

  add(refusal: Refusal): void {
    this.#counter.inc({ reason: refusal.reason });
    const { reason, address, message, audit } = refusal;
    if (audit !== undefined) this.#router.countRefused(audit.code, 'ws');
    const heldBack = this.#sampler.take(JSON.stringify([reason, networkOf(address), audit?.act, namedApart(refusal)]));
    if (heldBack === undefined) return;
    this.#logger.warn(`http.refused.${reason}`, message, { address, reason, heldBack });
    if (audit === undefined) return;
    void this.#audit.record({
      principal: { user: audit.user ?? 'unknown', roles: [], via: 'ws' },
      act: audit.act,
      target: null,
      params: { address },
      outcome: 'refused',
      code: audit.code,
      detail: heldBack === 0 ? message : `${message} ${heldBack} more like it were not listed.`,
      durationMs: null,
    });
  }
}

/**
 * Guesses of different names are told apart. Once the limit is reached they are not: a stranger who makes names up must not
 * decide how long log and audit table grow.
 */
function namedApart({ reason, audit }: Refusal): string | undefined {
  return reason === 'attempts' ? undefined : audit?.user;
}
