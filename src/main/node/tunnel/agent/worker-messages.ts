/** What the node's own thread and the thread of its tunnels tell each other. */
import type { Capture, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import type { ErrorShape } from '../../../../common/errors.ts';
import type { FiguresReport } from './service-figures.ts';
import type { TunnelDefinition } from './tunnel-definition.ts';
import type { AgentStatus } from './types.ts';

export interface AgentWorkerData {
  readonly nodeId: string;
  readonly software: string;
}

/** A tunnel as it stands now. */
export interface TunnelReport extends AgentStatus {
  readonly tunnelId: string;
  /** Of the definition that it runs by. */
  readonly revision: number;
  readonly inFlight: number;
  readonly figures: FiguresReport;
}

/** What is asked of the thread, and answered once. Params are those of the contract's method of that name. */
export type AgentAsk =
  | { readonly method: 'requests' | 'request' | 'replay' | 'clearRequests'; readonly params: unknown }
  | { readonly method: 'test'; readonly params: { readonly tunnelId: string } };

export type ToAgentWorker =
  /** A new tunnel, or one that is another now: it is ended in order and begun anew. */
  | { readonly type: 'set'; readonly definition: TunnelDefinition; readonly revision: number }
  | { readonly type: 'capture'; readonly tunnelId: string; readonly capture: Capture }
  | { readonly type: 'remove'; readonly tunnelId: string }
  /** Agents whose request lines are wanted. */
  | { readonly type: 'listen'; readonly agentIds: readonly string[] }
  | { readonly type: 'ask'; readonly id: number; readonly ask: AgentAsk }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'stop' };

export type FromAgentWorker =
  | { readonly type: 'status'; readonly tunnels: readonly TunnelReport[] }
  | { readonly type: 'lines'; readonly lines: readonly TunnelRequest[] }
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorShape }
  /** A definition that cannot be run. */
  | { readonly type: 'refused'; readonly tunnelId: string; readonly error: ErrorShape };
