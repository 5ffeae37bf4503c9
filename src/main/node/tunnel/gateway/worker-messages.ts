import type { GatewayRoute, GatewaySession } from '../../../../common/contract/gateway.ts';
import type { TlsMaterial } from '../../certificates/index.ts';
import type { ThreadWith } from '../../threads/index.ts';
import type { ExpectedAgent, ListenAddress } from './gateway-options.ts';
import type { AgentToken } from './tokens.ts';
import type { FrontTotals, RouteDefinition } from './types.ts';

export interface GatewayWorkerData {
  readonly nodeId: string;
  readonly version: string;
  readonly certificate: TlsMaterial;
  readonly agents: ListenAddress & { readonly allowPlain: boolean };
  readonly public: ListenAddress & { readonly domain: string; readonly tls: 'off' | 'own' | 'files'; readonly folder: string };
  readonly tcpPorts: readonly number[];
  readonly tokens: readonly AgentToken[];
  readonly routes: readonly RouteDefinition[];
  readonly expected: readonly ExpectedAgent[];
}

/** What the thread counts, told each second. */
export interface GatewayFigures {
  readonly sessions: number;
  readonly links: number;
  /** Of bodies that came for requests that were over, through the links that are open. */
  readonly droppedBytes: number;
  readonly totals: FrontTotals;
  readonly signInFailures: number;
  /** Told to wait because too many signed in at once. */
  readonly signInsHeld: number;
  /** Connections of agents that were turned away unheard. */
  readonly turnedAway: number;
}

/** What the node's own thread and the gateway's thread say to each other. */
export type GatewayThread = ThreadWith<{
  readonly data: GatewayWorkerData;
  readonly ready: { readonly agents: ListenAddress; readonly public: ListenAddress };
  readonly methods: {
    readonly sessions: { readonly request: undefined; readonly result: readonly GatewaySession[] };
    readonly routes: { readonly request: undefined; readonly result: readonly GatewayRoute[] };
    /** Tokens that have changed; answered by how many sessions were closed. */
    readonly tokens: { readonly request: readonly AgentToken[]; readonly result: number };
    /** By id; answered by whether there was such a session. */
    readonly closeSession: { readonly request: string; readonly result: boolean };
  };
  readonly told: { readonly routes: readonly RouteDefinition[] };
  readonly reports: {
    readonly figures: GatewayFigures;
    /** Who is signed in now, for the gateway after this one. */
    readonly agents: readonly ExpectedAgent[];
    /** Ids of tokens that were used since they were last told. */
    readonly tokensUsed: readonly string[];
  };
}>;
