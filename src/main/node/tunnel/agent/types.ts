import type { AccessRules, TunnelKind } from '../../../../common/contract/tunnels.ts';
import type { LinkTiming } from '../link/index.ts';
import type { HostHeader } from './origin/request-head.ts';
import type { Resolve } from './origin/service-dialer.ts';
import type { Target } from './origin/target-guard.ts';
import type { RequestObserver } from './request-observer.ts';

/** Where a gateway is, and how an agent signs in to it. */
export interface GatewayAccess {
  /** ws:// or wss://; the path is /tunnel unless it has one. */
  readonly url: string;
  readonly tokenId: string;
  readonly secret: string;
  /** Signs in as agents of the first system do. */
  readonly legacy: boolean;
  /** token: the gateway proves that it knows the secret; authority: its certificate must also be of a known authority. */
  readonly verify: 'token' | 'authority';
}

/** One tunnel, as it was configured. */
export interface AgentOptions {
  readonly agentId: string;
  readonly gateway: GatewayAccess;
  readonly kind: TunnelKind;
  readonly target: Target;
  readonly hostHeader: HostHeader;
  readonly access: AccessRules;
  /** TCP alone: port wanted at the gateway; null: any. */
  readonly publicPort: number | null;
  /** 1 to 4. */
  readonly links: number;
  /** Node that this agent belongs to; undefined: none. */
  readonly nodeId: string | undefined;
  /** What it is, for the gateway's list. */
  readonly software: string;
  readonly observer?: RequestObserver;
  /** Called after each change of {@link Agent.status}; must not throw. */
  readonly onChange?: () => void;
  /** For tests. */
  readonly resolve?: Resolve;
  readonly random?: () => number;
  readonly timing?: Partial<AgentTiming>;
  readonly linkTiming?: Partial<LinkTiming>;
}

/** Milliseconds; see {@link agentLimits} for the defaults. */
export interface AgentTiming {
  readonly signInMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly healthyMs: number;
  readonly returnRetryMs: number;
  readonly returnForMs: number;
  readonly failedRetryMs: number;
}

/** What went wrong, for people and for programs. */
export interface AgentFault {
  readonly code: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How far an address reaches. */
export type Reach = 'thisMachine' | 'network' | 'public';

/** What the gateway says of the address under which it answers. */
export interface PublicPlace {
  readonly sessionId: string;
  readonly publicUrls: readonly string[];
  readonly exposure: Reach | null;
  /** TCP alone; 0: none. */
  readonly publicPort: number;
}

/** waiting: not connected, will try again; failed: only something that is changed will help, though it is tried now and then. */
export type AgentState = 'off' | 'connecting' | 'up' | 'waiting' | 'draining' | 'failed';

export interface AgentStatus {
  readonly state: AgentState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Undefined unless it is up. */
  readonly place: PublicPlace | undefined;
  readonly lastError: AgentFault | null;
  /** Milliseconds since the epoch; null: none is planned. */
  readonly nextTryAt: number | null;
  readonly openLinks: number;
  readonly rttMs: number | null;
}
