import type { ParsedParamsOf, ResultOf } from '../../../../common/contract/index.ts';
import type { Capture, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import type { ThreadWith } from '../../threads/index.ts';
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

/** What the node's own thread and the thread of its tunnels say to each other. Params are those of the contract's method of that name. */
export type TunnelsThread = ThreadWith<{
  readonly data: AgentWorkerData;
  readonly methods: {
    readonly requests: { readonly request: ParsedParamsOf<'tunnels.requests'>; readonly result: ResultOf<'tunnels.requests'> };
    readonly request: { readonly request: ParsedParamsOf<'tunnels.request'>; readonly result: ResultOf<'tunnels.request'> };
    readonly replay: { readonly request: ParsedParamsOf<'tunnels.replay'>; readonly result: ResultOf<'tunnels.replay'> };
    readonly clearRequests: {
      readonly request: ParsedParamsOf<'tunnels.clearRequests'>;
      readonly result: ResultOf<'tunnels.clearRequests'>;
    };
    readonly test: { readonly request: { readonly tunnelId: string }; readonly result: ResultOf<'tunnels.test'> };
  };
  readonly told: {
    /** A new tunnel, or one that is another now: it is ended in order and begun anew. */
    readonly set: { readonly definition: TunnelDefinition; readonly revision: number };
    readonly capture: { readonly tunnelId: string; readonly capture: Capture };
    /** By id. */
    readonly remove: string;
    /** Agents whose request lines are wanted. */
    readonly listen: readonly string[];
  };
  readonly reports: {
    /** How all tunnels stand. */
    readonly status: readonly TunnelReport[];
    readonly lines: readonly TunnelRequest[];
  };
}>;
