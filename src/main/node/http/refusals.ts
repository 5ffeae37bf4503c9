import type { Counter } from 'prom-client';
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
  /** Set for refusals that belong in the audit table: the act, and whoever it was claimed to be. */
  readonly audit?: { readonly act: string; readonly user: string; readonly code: string };
}

/** Counts every refusal, and writes one line per address and reason in 10 s (security.md section 6, invariants). */
export class Refusals {
  readonly #logger: Logger;
  readonly #audit: AuditSink;
  readonly #counter: Counter<'reason'>;
  readonly #sampler = new RepeatSampler();

  constructor(options: { readonly logger: Logger; readonly metrics: Metrics; readonly audit: AuditSink }) {
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
    const heldBack = this.#sampler.take(`${reason} ${address} ${audit?.user ?? ''}`);
    if (heldBack === undefined) return;
    this.#logger.warn(`http.refused.${reason}`, message, { address, reason, heldBack });
    if (audit === undefined) return;
    this.#audit.record({
      principal: { user: audit.user, roles: [], via: 'ws' },
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
