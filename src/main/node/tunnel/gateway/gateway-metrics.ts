import type { Metrics } from '../../telemetry/index.ts';
import type { GatewayFigures } from './worker-messages.ts';

/** What `/metrics` shows of the gateway: the last figures that its thread told. */
export class GatewayMetrics {
  #figures: GatewayFigures | undefined;
  readonly #showRefused: (figures: GatewayFigures | undefined) => void;

  constructor(metrics: Metrics) {
    const one = (name: string, help: string, read: (figures: GatewayFigures) => number | null) =>
      metrics.gauge({ name, help }, () => (this.#figures === undefined ? undefined : (read(this.#figures) ?? undefined)));
    one('signalbox_gateway_sessions', 'Agents that are signed in to the gateway', (now) => now.sessions);
    one('signalbox_gateway_links', 'Connections of agents to the gateway', (now) => now.links);
    one('signalbox_gateway_connections', 'Connections of clients to the gateway', (now) => now.totals.connections);
    one('signalbox_gateway_in_flight', 'Requests that pass through the gateway now', (now) => now.totals.inFlight);
    one('signalbox_gateway_waiting', 'Requests that wait for an agent to come back', (now) => now.totals.waiting);
    one('signalbox_gateway_requests', 'Requests through the gateway, since its start', (now) => now.totals.requests);
    one('signalbox_gateway_bytes_in', 'Bytes from clients of the gateway, since its start', (now) => now.totals.bytesIn);
    one('signalbox_gateway_bytes_out', 'Bytes to clients of the gateway, since its start', (now) => now.totals.bytesOut);
    one('signalbox_gateway_head_p95_seconds', 'Time to the head of an answer in the last minute, 95th percentile', (now) =>
      now.totals.p95Ms === null ? null : now.totals.p95Ms / 1_000,
    );
    one(
      'signalbox_gateway_dropped_bytes',
      'Bytes that agents sent for requests that were over, on open connections',
      (now) => now.droppedBytes,
    );
    one('signalbox_gateway_sign_in_failures', 'Agents whose proof was not good, since the start', (now) => now.signInFailures);
    one(
      'signalbox_gateway_sign_ins_held',
      'Agents told to wait because too many signed in at once, since the start',
      (now) => now.signInsHeld,
    );
    one('signalbox_gateway_turned_away', 'Connections to the agents’ port turned away unheard, since the start', (now) => now.turnedAway);
    const refused = metrics.gauge<'reason'>({
      name: 'signalbox_gateway_refused',
      help: 'Requests and connections of clients refused by rules or bounds, since the start',
      labels: ['reason'],
    });
    this.#showRefused = (figures) => {
      refused.reset();
      for (const [reason, count] of Object.entries(figures?.totals.refusedBy ?? {})) refused.set({ reason }, count);
    };
  }

  /** @param figures undefined: the gateway does not run */
  update(figures: GatewayFigures | undefined): void {
    this.#figures = figures;
    this.#showRefused(figures);
  }
}
