import type { MethodSpec } from '../../../common/contract/index.ts';
import type { SignalboxError } from '../../../common/errors.ts';
import { RepeatSampler } from '../telemetry/repeat-sampler.ts';
import type { CallOutcome, RunningCall } from './running-call.ts';
import type { AuditSink } from './types.ts';

/** Writes the router's acts and refusals down, secrets removed, floods folded into one line. */
export class AuditTrail {
  readonly #sink: AuditSink;
  readonly #refusals: RepeatSampler;
  readonly #streams: RepeatSampler;

  constructor(sink: AuditSink, nowMs: () => number) {
    this.#sink = sink;
    this.#refusals = new RepeatSampler({ nowMs });
    this.#streams = new RepeatSampler({ nowMs });
  }

  /** A write has ended. Of a stream that goes well, the first of ten seconds is written, the rest counted in the next line. */
  ended(call: RunningCall, spec: MethodSpec, params: unknown, outcome: CallOutcome): void {
    const streamed = spec.streamed === true && outcome.ok;
    const heldBack = streamed ? this.#streams.take(JSON.stringify([call.principal.user, call.method])) : 0;
    if (heldBack === undefined) return;
    this.#sink.record({
      principal: call.principal,
      act: call.method,
      target: call.remoteNode ?? null,
      params: redact(params, spec.secretParams),
      outcome: outcome.ok ? 'done' : 'failed',
      code: outcome.ok ? null : outcome.error.code,
      detail: outcome.ok ? (lateness(call) ?? folded(heldBack)) : outcome.error.message,
      durationMs: Math.round(performance.now() - call.startedTick),
    });
  }

  /** A caller may not do this. The first of ten seconds is written, the rest counted in the next line. */
  refused(call: RunningCall, spec: MethodSpec, error: SignalboxError): void {
    const heldBack = this.#refusals.take(JSON.stringify([call.principal.user, call.method]));
    if (heldBack === undefined) return;
    this.#sink.record({
      principal: call.principal,
      act: call.method,
      target: call.remoteNode ?? null,
      params: redact(call.request.params, spec.secretParams),
      outcome: 'refused',
      code: error.code,
      detail: heldBack > 0 ? `${error.message} Refused ${heldBack} more times before this line.` : error.message,
      durationMs: null,
    });
  }
}

/** How many like it went before a line of a stream. */
function folded(heldBack: number): string | null {
  return heldBack === 0 ? null : `Done ${heldBack} more times before this line.`;
}

/** A write that ran on after its caller had another answer. */
function lateness(call: RunningCall): string | null {
  return !call.isAnswered || call.abortReason === undefined
    ? null
    : `It ended after its caller had been answered ${call.abortReason.code}.`;
}

const hidden = '(secret)';

/** A copy without the values at the given dotted paths. */
export function redact(params: unknown, paths: readonly string[] = []): unknown {
  return paths.reduce((value, path) => redactPath(value, path.split('.')), params);
}

function redactPath(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value === undefined ? undefined : hidden;
  if (typeof value !== 'object' || value === null) return value;
  const [head, ...rest] = path as [string, ...string[]];
  if (Array.isArray(value)) return value.map((item) => redactPath(item, path));
  if (!Object.hasOwn(value, head)) return value;
  return { ...value, [head]: redactPath((value as Record<string, unknown>)[head], rest) };
}
