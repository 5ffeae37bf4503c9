import type { Metrics } from '../../telemetry/index.ts';
import type { TunnelReport } from './worker-messages.ts';

interface NamedReport {
  readonly agentId: string;
  readonly report: TunnelReport;
}

/** What `/metrics` shows of the tunnels of this node: the last figures that their thread told. */
export class TunnelMetrics {
  readonly #show: ((tunnels: readonly NamedReport[]) => void)[] = [];

  constructor(metrics: Metrics) {
    this.#ofTunnels(metrics, 'signalbox_tunnel_up', '1: the tunnel is signed in to its gateway', ({ state }) => (state === 'up' ? 1 : 0));
    this.#ofTunnels(metrics, 'signalbox_tunnel_links', 'Connections to the gateway', ({ openLinks }) => openLinks);
    this.#ofTunnels(metrics, 'signalbox_tunnel_in_flight', 'Requests and raw connections under way', ({ inFlight }) => inFlight);
    this.#ofTunnels(
      metrics,
      'signalbox_tunnel_requests',
      'Requests carried to the local service, since the start',
      ({ figures }) => figures.requests,
    );
    this.#ofTunnels(metrics, 'signalbox_tunnel_received_bytes', 'Bytes of bodies to the local service', ({ figures }) => figures.bytesIn);
    this.#ofTunnels(metrics, 'signalbox_tunnel_sent_bytes', 'Bytes of bodies from the local service', ({ figures }) => figures.bytesOut);
    this.#ofTunnels(
      metrics,
      'signalbox_tunnel_p95_seconds',
      'Time of a request at the agent, 95th percentile of the last minute',
      ({ figures }) => (figures.p95Ms ?? 0) / 1_000,
    );
  }

  update(tunnels: readonly NamedReport[]): void {
    for (const show of this.#show) show(tunnels);
  }

  #ofTunnels(metrics: Metrics, name: string, help: string, read: (report: TunnelReport) => number): void {
    const gauge = metrics.gauge<'agent'>({ name, help, labels: ['agent'] });
    this.#show.push((tunnels) => {
      gauge.reset();
      for (const { agentId, report } of tunnels) gauge.set({ agent: agentId }, read(report));
    });
  }
}
