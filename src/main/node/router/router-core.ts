import type { Limits } from '../../../common/limits.ts';
import type { RpcRequest } from '../../../common/wire/messages.ts';
import type { Logger } from '../telemetry/types.ts';
import type { CallDirectory } from './call-directory.ts';
import type { SelfNames } from './classify.ts';
import type { Refusals } from './refusals.ts';
import type { RouterMetrics } from './router-metrics.ts';
import type { RunningCall } from './running-call.ts';
import type { SlowClients } from './slow-clients.ts';
import type { Turn } from './turn.ts';

/** What a connection needs of the router. */
export interface RouterCore {
  readonly nodeId: string;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly metrics: RouterMetrics;
  readonly refusals: Refusals;
  readonly turn: Turn;
  readonly calls: CallDirectory;
  readonly slowClients: SlowClients;
  nowMs(): number;
  self(): SelfNames;
  /** Runs a call here or elsewhere, as its request asks. */
  route(call: RunningCall, request: RpcRequest): void;
  /** The connection is gone. */
  forget(clientId: string): void;
}
