import { SignalboxError } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import type { RemoteNode } from '../router/index.ts';
import type { Gateway } from './gateway.ts';
import type { NodeDirectory } from './node-directory.ts';

const firstAfterMs = 200;
/** Spread, so that a cluster that starts does not measure itself all at once. */
const spreadMs = 2_000;
/** Clocks of field computers drift apart by a second in some hours; spread by a fifth both ways. */
const everyMs = 300_000;
const everySpread = 0.2;
/** Least pause between two measurements of a node, whatever its messages say; also the one after a failure. */
const leastPauseMs = 10_000;
const samples = 3;
const timeoutMs = 5_000;

export interface RoundTrips {
  readonly roundTripsMs: readonly number[];
  readonly rttMs: number;
  readonly clockOffsetMs: number;
}

export interface ClockWatchOptions {
  readonly gateway: Pick<Gateway, 'call'>;
  readonly directory: NodeDirectory;
  readonly nodeId: string;
  readonly nowMs: () => number;
}

/** When a node that is there is measured next, and was last. Monotonic milliseconds. */
interface Plan {
  timer: NodeJS.Timeout;
  dueMs: number;
  measuredMs: number;
}

/**
 * Measures how far the clocks of other nodes are off: the midpoint of the shortest round trip is where they are compared. Each
 * node that is there is measured soon after it appeared, every five minutes or so, and when its messages contradict the measurement.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  readonly #principal: Principal;
  readonly #plans = new Map<string, Plan>();

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#principal = { user: `node@${options.nodeId}`, roles: ['viewer'], via: 'node' };
    options.directory.listen({
      online: ({ nodeId, presence }) => {
        // The first system's nodes have no such method.
        if (presence.formats.length > 0) this.#plan(nodeId, firstAfterMs + Math.random() * spreadMs);
      },
      lost: ({ nodeId }) => this.#unplan(nodeId),
    });
  }

  stop(): void {
    for (const nodeId of [...this.#plans.keys()]) this.#unplan(nodeId);
  }

  /**
   * A message of a node contradicts its measured clock, as when somebody sets it: it is measured anew, soon.
   *
   * @param refused the message was refused for its time: the measurement counts no longer, or nothing would ever get through
   */
  doubt(nodeId: string, refused: boolean): void {
    const plan = this.#plans.get(nodeId);
    if (plan === undefined) return;
    if (refused) this.#options.directory.clockUnknown(nodeId);
    const inMs = Math.max(firstAfterMs, plan.measuredMs + leastPauseMs - performance.now());
    if (performance.now() + inMs < plan.dueMs) this.#plan(nodeId, inMs);
  }

  /**
   * Asks a node for its time.
   *
   * @throws SignalboxError of the call
   */
  async measure(node: RemoteNode, count: number): Promise<RoundTrips> {
    const { gateway, directory, nowMs } = this.#options;
    const roundTripsMs: number[] = [];
    let best = { rttMs: Number.POSITIVE_INFINITY, clockOffsetMs: 0 };
    for (let index = 0; index < count; index++) {
      const sentAtMs = nowMs();
      const sentTick = performance.now();
      const answer = (await gateway.call(node, {
        method: 'nodes.clock',
        params: {},
        principal: this.#principal,
        clientId: 'local',
        timeoutMs,
        idempotencyKey: undefined,
        signal: AbortSignal.timeout(timeoutMs),
        progress: () => undefined,
      })) as { readonly nowMs?: unknown } | null;
      const rttMs = performance.now() - sentTick;
      roundTripsMs.push(rttMs);
      if (typeof answer?.nowMs !== 'number')
        throw new SignalboxError('INTERNAL', `The node ${node.name} answered without its time, so its clock cannot be compared.`, {
          executed: 'yes',
        });
      if (rttMs < best.rttMs) best = { rttMs, clockOffsetMs: answer.nowMs - (sentAtMs + rttMs / 2) };
    }
    directory.measured(node.nodeId, best.rttMs, Math.round(best.clockOffsetMs));
    return { roundTripsMs, ...best };
  }

  #plan(nodeId: string, inMs: number): void {
    const known = this.#plans.get(nodeId);
    clearTimeout(known?.timer);
    const plan: Plan = {
      timer: setTimeout(() => void this.#run(nodeId, plan), inMs).unref(),
      dueMs: performance.now() + inMs,
      measuredMs: known?.measuredMs ?? Number.NEGATIVE_INFINITY,
    };
    this.#plans.set(nodeId, plan);
  }

  #unplan(nodeId: string): void {
    clearTimeout(this.#plans.get(nodeId)?.timer);
    this.#plans.delete(nodeId);
  }

  async #run(nodeId: string, plan: Plan): Promise<void> {
    const node = this.#options.directory.get(nodeId);
    if (node === undefined) return;
    plan.measuredMs = performance.now();
    const nextMs = await this.measure(node, samples).then(
      () => everyMs * (1 - everySpread + Math.random() * 2 * everySpread),
      // A node that may not ask there may not a moment later either.
      (error: unknown) => (error instanceof SignalboxError && !error.retryable ? everyMs : leastPauseMs),
    );
    // It may have gone meanwhile, or a message asked for another measurement.
    if (this.#plans.get(nodeId) === plan) this.#plan(nodeId, nextMs);
  }
}
