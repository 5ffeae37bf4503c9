import type { GatewayStatus } from '../model/address.ts';
import type { ActContext } from '../tunnel-actions.ts';

/** What every table of a gateway is given. */
export interface GatewayTabProps {
  readonly nodeId: string;
  readonly status: GatewayStatus;
  readonly context: ActContext;
}
