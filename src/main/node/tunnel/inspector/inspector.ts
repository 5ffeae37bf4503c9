import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Capture, TunnelRequestDetail, tunnelsContract } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { ObservedRequest, ReplaySender, RequestObserver } from '../agent/request-observer.ts';
import { ChangeBeat, type LineListener } from './change-beat.ts';
import { inspectorLimits } from './limits.ts';
import { LocalStream } from './local-stream.ts';
import { Redaction } from './redaction.ts';
import { prepareReplay, type ReplayParams } from './replay.ts';
import { type CapturePlan, newRecord, type RecordKeeper, RequestCapture } from './request-capture.ts';
import { compileRequestFilter } from './request-filter.ts';
import { detailOf, lineOf, type ObservedTunnel, type RequestRecord } from './request-record.ts';
import { RequestRing } from './request-ring.ts';

type ParamsOf<M extends keyof typeof tunnelsContract> = z.output<(typeof tunnelsContract)[M]['params']>;
type ResultOf<M extends keyof typeof tunnelsContract> = z.output<(typeof tunnelsContract)[M]['result']>;

/** A tunnel of which requests are kept. */
interface Watched {
  readonly tunnel: ObservedTunnel;
  readonly ring: RequestRing;
  readonly keeper: RecordKeeper;
  plan: CapturePlan;
}

/** Nothing but lines: a person turns more on. */
export const defaultCapture: Capture = { level: 'off', maxBodyBytes: 65_536, redactedHeaders: [] };

/** A revision begins at the clock's time in this unit, so that it is above those of the run before. */
const revisionsPerMs = 1_000;

/**
 * Keeps the last requests of the tunnels of a node, answers for them and sends them again (tunnel.md, ui.md 4.6). Runs where the agent runs;
 * nothing of a request leaves this thread that nobody asked for.
 */
export class Inspector {
  readonly #watched = new Map<string, Watched>();
  readonly #beat: ChangeBeat;
  readonly #run = randomBytes(3).toString('hex');
  #serial = 0;
  #stopped = false;
  #revision = Date.now() * revisionsPerMs;
  /** Dropped by rings that are gone. */
  #droppedBefore = 0;
  /** Set while a replay is handed over: the record that its observer makes. */
  #begun: RequestRecord | undefined;

  /** @param options.publish given lines of tunnels that {@link setListening} names, batched and bounded */
  constructor(options: { readonly publish: LineListener }) {
    this.#beat = new ChangeBeat(options.publish);
  }

  /** Who watches the requests of a tunnel; its ring stays until {@link forget}. */
  observer(tunnel: ObservedTunnel): RequestObserver {
    const watched = this.#watched.get(tunnel.tunnelId) ?? this.#watch(tunnel);
    this.#watched.set(tunnel.tunnelId, watched);
    return { begin: (request) => this.#begin(watched, request) };
  }

  /** What is kept of requests that come from now on. */
  setCapture(tunnelId: string, capture: Capture): void {
    const watched = this.#watched.get(tunnelId);
    if (watched !== undefined) watched.plan = planOf(capture);
  }

  /** Forgets a tunnel with its requests. */
  forget(tunnelId: string): void {
    const watched = this.#watched.get(tunnelId);
    if (watched === undefined) return;
    this.#droppedBefore += watched.ring.dropped;
    watched.ring.clear();
    this.#watched.delete(tunnelId);
  }

  /** Agents whose lines are published from now on. */
  setListening(agentIds: readonly string[]): void {
    this.#beat.setListening(agentIds);
  }

  /** Lets go of who waits. */
  stop(): void {
    this.#stopped = true;
    this.#beat.stop();
  }

  /**
   * Answer of `tunnels.requests`. Waits up to `waitMs` while nothing newer passes the filter.
   *
   * @param signal ends the waiting
   * @throws SignalboxError `INVALID_PARAMS` the filter, with its position; `LIMIT` too many wait
   */
  async requests(params: ParamsOf<'tunnels.requests'>, signal?: AbortSignal): Promise<ResultOf<'tunnels.requests'>> {
    const passes = compileRequestFilter(params.filter ?? '');
    const deadline = performance.now() + params.waitMs;
    // Of a run whose clock was ahead: what it knows is not of this one.
    const after = params.after > this.#revision ? 0 : params.after;
    for (;;) {
      const found = this.#changedAfter(after, params.tunnelId).filter(passes);
      const leftMs = deadline - performance.now();
      if (found.length > 0 || leftMs <= 0 || this.#stopped || signal?.aborted === true) return this.#page(found, after, params.limit);
      await this.#changeWithin(leftMs, signal);
    }
  }

  /** Answer of `tunnels.request`. @throws SignalboxError `NOT_FOUND` it is not kept, or no longer */
  request({ requestId }: ParamsOf<'tunnels.request'>): TunnelRequestDetail {
    return detailOf(this.#kept(requestId));
  }

  /** Answer of `tunnels.clearRequests`. */
  clear({ tunnelId }: ParamsOf<'tunnels.clearRequests'>): ResultOf<'tunnels.clearRequests'> {
    return { removed: this.#watched.get(tunnelId)?.ring.clear() ?? 0 };
  }

  /**
   * Answer of `tunnels.replay`: sends a request again, changed or not; it is recorded as one of its own. Does not wait for its answer.
   *
   * @throws SignalboxError as {@link prepareReplay}; `NOT_FOUND` the request is not kept, or its tunnel is gone
   */
  replay(params: ReplayParams, send: ReplaySender): ResultOf<'tunnels.replay'> {
    const record = this.#kept(params.requestId);
    const { head, body, withheldHeaders } = prepareReplay(record, params);
    const stream = new LocalStream(`replay-${this.#serial}`, body);
    this.#begun = undefined;
    stream.begin(send(record.tunnel.tunnelId, head, stream, record.requestId));
    const begun = this.#begun as RequestRecord | undefined;
    if (begun === undefined) throw new SignalboxError('INTERNAL', 'The replay was sent and not recorded.', { executed: 'yes' });
    return { requestId: begun.requestId, withheldHeaders };
  }

  #watch(tunnel: ObservedTunnel): Watched {
    const ring = new RequestRing();
    const keeper: RecordKeeper = {
      changed: (record) => this.#changed(record),
      grew: (_record, bytes) => {
        ring.grow(bytes);
        this.#makeRoom();
      },
    };
    return { tunnel, ring, keeper, plan: planOf(defaultCapture) };
  }

  #begin(watched: Watched, request: ObservedRequest): RequestCapture {
    const serial = ++this.#serial;
    const record = newRecord(watched.tunnel, watched.plan, request, serial, `R-${this.#run}-${serial}`);
    if (request.replayOf !== undefined) this.#begun = record;
    watched.ring.add(record);
    this.#makeRoom();
    const capture = new RequestCapture(record, watched.plan.redaction, watched.keeper);
    this.#changed(record);
    return capture;
  }

  #changed(record: RequestRecord): void {
    record.revision = ++this.#revision;
    if (record.kept) this.#beat.changed(record);
  }

  /** The tunnel that keeps most gives way. */
  #makeRoom(): void {
    let bytes = 0;
    for (const { ring } of this.#watched.values()) bytes += ring.bytes;
    while (bytes > inspectorLimits.keptBytesInAll) {
      let largest: RequestRing | undefined;
      for (const { ring } of this.#watched.values()) if (largest === undefined || ring.bytes > largest.bytes) largest = ring;
      if (largest === undefined) return;
      const before = largest.bytes;
      if (!largest.dropOldest()) return;
      bytes -= before - largest.bytes;
    }
  }

  /** By revision, oldest first. */
  #changedAfter(after: number, tunnelId: string | undefined): RequestRecord[] {
    const found: RequestRecord[] = [];
    for (const { tunnel, ring } of this.#watched.values()) {
      if (tunnelId !== undefined && tunnel.tunnelId !== tunnelId) continue;
      for (const record of ring.records) if (record.revision > after) found.push(record);
    }
    return found.sort((one, other) => one.revision - other.revision);
  }

  /** From the beginning the newest ones, else those that come next. */
  #page(found: readonly RequestRecord[], after: number, limit: number): ResultOf<'tunnels.requests'> {
    const page = after === 0 ? found.slice(-limit) : found.slice(0, limit);
    const isLast = page.at(-1) === found.at(-1);
    const revision = isLast ? this.#revision : (page.at(-1)?.revision ?? this.#revision);
    return { requests: page.map(lineOf), revision, dropped: this.#dropped() };
  }

  #dropped(): number {
    let dropped = this.#droppedBefore;
    for (const { ring } of this.#watched.values()) dropped += ring.dropped;
    return dropped;
  }

  #changeWithin(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#beat.waiting >= inspectorLimits.waiters)
      throw new SignalboxError('LIMIT', `${inspectorLimits.waiters} callers wait for requests already. Ask again without waiting.`, {
        executed: 'no',
      });
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        unlisten();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const unlisten = this.#beat.onChange(end);
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  #kept(requestId: string): RequestRecord {
    for (const { ring } of this.#watched.values()) {
      const record = ring.records.findLast((each) => each.requestId === requestId);
      if (record !== undefined) return record;
    }
    throw new SignalboxError('NOT_FOUND', `The request ${requestId} is not kept, or no longer: only the last ones of each tunnel are.`, {
      executed: 'no',
    });
  }
}

function planOf(options: Capture): CapturePlan {
  return { options, redaction: new Redaction(options.redactedHeaders) };
}
