import type { Principal } from '../../../common/roles.ts';
import type { RemoteNode } from '../router/index.ts';
import type { Gateway } from './gateway.ts';
import type { NodeDirectory } from './node-directory.ts';

const firstAfterMs = 200;
/** Spread, so that a cluster that starts does not measure itself all at once. */
const spreadMs = 2_000;
const timeoutMs = 5_000;

export interface RoundTrips {
  readonly roundTripsMs: readonly number[];
  readonly rttMs: number;
  readonly clockOffsetMs: number;
}

/** Measures how far the clocks of other nodes are off: the midpoint of the shortest round trip is where they are compared. */
export class ClockWatch {
  readonly #gateway: Gateway;
  readonly #directory: NodeDirectory;
  readonly #principal: Principal;
  readonly #nowMs: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: {
    readonly gateway: Gateway;
    readonly directory: NodeDirectory;
    readonly nodeId: string;
    readonly nowMs: () => number;
  }) {
    this.#gateway = options.gateway;
    this.#directory = options.directory;
    this.#principal = { user: `node@${options.nodeId}`, roles: ['viewer'], via: 'node' };
    this.#nowMs = options.nowMs;
    options.directory.listen({
      online: (node) => {
        // The first system's nodes have no such method.
        if (node.presence.formats.length > 0) this.#measureSoon(node);
      },
    });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /**
   * Asks a node for its time.
   *
   * @throws SignalboxError of the call
   */
  async measure(node: RemoteNode, count: number): Promise<RoundTrips> {
    const roundTripsMs: number[] = [];
    let best = { rttMs: Number.POSITIVE_INFINITY, clockOffsetMs: 0 };
    for (let index = 0; index < count; index++) {
      const sentAtMs = this.#nowMs();
      const sentTick = performance.now();
      const answer = (await this.#gateway.call(node, {
        method: 'nodes.clock',
        params: {},
        principal: this.#principal,
        clientId: 'local',
        timeoutMs,
        idempotencyKey: undefined,
        signal: AbortSignal.timeout(timeoutMs),
        progress: () => undefined,
      })) as { readonly nowMs?: unknown };
      const rttMs = performance.now() - sentTick;
      roundTripsMs.push(rttMs);
      if (typeof answer.nowMs === 'number' && rttMs < best.rttMs) best = { rttMs, clockOffsetMs: answer.nowMs - (sentAtMs + rttMs / 2) };
    }
    this.#directory.measured(node.nodeId, best.rttMs, Math.round(best.clockOffsetMs));
    return { roundTripsMs, ...best };
  }

  #measureSoon(node: RemoteNode): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // It may have gone again; the next time it comes it is measured again.
        this.measure(node, 3).catch(() => undefined);
      },
      firstAfterMs + Math.random() * spreadMs,
    ).unref();
    this.#timers.add(timer);
  }
}
