/** What the node's own thread and the gateway's thread tell each other. */
import type { GatewayRoute, GatewaySession } from '../../../../common/contract/gateway.ts';
import type { ErrorShape } from '../../../../common/errors.ts';
import type { TlsMaterial } from '../../certificates/index.ts';
import type { ProblemReport } from '../../telemetry/problems.ts';
import type { ExpectedAgent, ListenAddress } from './gateway.ts';
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

/** Answers of the thread by what was asked. */
export interface GatewayAnswers {
  readonly sessions: readonly GatewaySession[];
  readonly routes: readonly GatewayRoute[];
  /** Sessions that were closed. */
  readonly tokens: number;
  /** Whether there was such a session. */
  readonly closeSession: boolean;
}

export type GatewayRequest =
  | { readonly what: 'sessions' }
  | { readonly what: 'routes' }
  | { readonly what: 'tokens'; readonly tokens: readonly AgentToken[] }
  | { readonly what: 'closeSession'; readonly sessionId: string };

export type ToGatewayWorker =
  | { readonly type: 'ask'; readonly id: number; readonly request: GatewayRequest }
  | { readonly type: 'routes'; readonly routes: readonly RouteDefinition[] }
  | { readonly type: 'stop' };

export type FromGatewayWorker =
  | { readonly type: 'started'; readonly agents: ListenAddress; readonly public: ListenAddress }
  /** It did not start, and the thread ends. `systemCode`: of the system, for example EADDRINUSE. */
  | { readonly type: 'startFailed'; readonly error: ErrorShape; readonly systemCode: string | undefined }
  | { readonly type: 'figures'; readonly figures: GatewayFigures }
  | { readonly type: 'answer'; readonly id: number; readonly answer: GatewayAnswers[keyof GatewayAnswers] }
  /** Who is signed in now, for the gateway after this one. */
  | { readonly type: 'agents'; readonly agents: readonly ExpectedAgent[] }
  | { readonly type: 'tokensUsed'; readonly tokenIds: readonly string[] }
  | { readonly type: 'raise'; readonly problem: ProblemReport }
  | { readonly type: 'clear'; readonly problemId: string }
  | {
      readonly type: 'log';
      readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
      readonly event: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    };
