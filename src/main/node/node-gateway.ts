/** The gateway of a node, with what it needs of the other parts. */
import { OwnCertificate } from './certificates/index.ts';
import type { Foundation } from './node-foundation.ts';
import type { Store } from './store/index.ts';
import type { Metrics } from './telemetry/index.ts';
import { GatewayPart } from './tunnel/gateway/gateway-part.ts';
import { version } from './version.ts';

/** The capability by which the cluster knows that a node's gateway runs. */
export const gatewayCapability = 'gateway';

/** A gateway that shows the node's own certificate and keeps its tokens in the node's store. */
export function createGateway(
  { dataFolder, config, identity, secrets, logs, problems }: Foundation,
  { store, metrics }: { readonly store: Store; readonly metrics: Metrics },
): GatewayPart {
  return new GatewayPart({
    config,
    nodeId: identity.nodeId,
    version,
    certificate: (hosts) =>
      new OwnCertificate({ folder: dataFolder, secrets, commonName: `Signalbox ${config.get('node.name')}`, hosts }).load(),
    store,
    secrets,
    logger: logs.logger('gateway'),
    problems,
    metrics,
  });
}
