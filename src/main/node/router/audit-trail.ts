import type { MethodSpec } from '../../../common/contract/index.ts';
import { namedObject } from '../named-object.ts';
import { FoldedRecords } from './folded-records.ts';
import type { CallOutcome, RunningCall } from './running-call.ts';
import type { AuditRecord, AuditSink, RefusedCaller } from './types.ts';

/** Writes the router's acts and refusals down, secrets removed, floods folded. */
export class AuditTrail {
  readonly #sink: AuditSink;
  readonly #refusals: FoldedRecords;
  readonly #streams: FoldedRecords;

  constructor(sink: AuditSink, nowMs: () => number) {
    this.#sink = sink;
    this.#refusals = new FoldedRecords({
      sink,
      nowMs,
      closing: ({ detail }, heldBack) => `${detail} Refused ${heldBack} more times before this line.`,
    });
    this.#streams = new FoldedRecords({ sink, nowMs, closing: (_first, heldBack) => `Done ${heldBack} more times before this line.` });
  }

  /**
   * A write has ended. Of a stream that goes well, the first of ten seconds is written, then the count of the rest.
   *
   * @returns fulfilled when the record is on the disk; nothing for a stream, whose records are not waited for
   */
  ended(call: RunningCall, spec: MethodSpec, params: unknown, outcome: CallOutcome): Promise<void> | void {
    const make = (): AuditRecord => ({
      principal: call.principal,
      act: call.method,
      target: call.remoteNode ?? null,
      params: redact(params, spec.secretParams),
      outcome: outcome.ok ? 'done' : 'failed',
      code: outcome.ok ? null : outcome.error.code,
      detail: outcome.ok ? lateness(call) : outcome.error.message,
      durationMs: Math.round(performance.now() - call.startedTick),
    });
    if (spec.streamed === true && outcome.ok)
      this.#streams.add(JSON.stringify([call.principal.user, call.method]), call.remoteNode ?? namedObject(params), make);
    else if (spec.streamed === true) void this.#sink.record(make());
    else return this.#sink.record(make());
  }

  /** A caller may not do this. The first of ten seconds is written, then the count of the rest. */
  refused({ principal, act, target, params, error }: RefusedCaller): void {
    this.#refusals.add(JSON.stringify([principal.user, act, error.code]), target ?? namedObject(params), () => ({
      principal,
      act,
      target: target ?? null,
      params: params ?? null,
      outcome: 'refused',
      code: error.code,
      detail: error.message,
      durationMs: null,
    }));
  }

  /** Writes the counts that are held back. */
  flush(): void {
    this.#refusals.flush();
    this.#streams.flush();
  }
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
