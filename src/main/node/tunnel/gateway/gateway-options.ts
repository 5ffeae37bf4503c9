import type { TlsMaterial } from '../../certificates/index.ts';
import type { Logger } from '../../telemetry/types.ts';
import type { LinkTiming } from '../link/index.ts';
import type { Session } from './session.ts';
import type { AgentToken } from './tokens.ts';
import type { PublicTls, RouteDefinition } from './types.ts';

/** An agent that was signed in when the gateway before this one ended. */
export interface ExpectedAgent {
  readonly agentId: string;
  readonly kind: Session['facts']['kind'];
  readonly tokenId: string;
  /** Of a TCP tunnel, else 0. */
  readonly publicPort: number;
}

/** An address that is listened on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface GatewayOptions {
  readonly nodeId: string;
  readonly version: string;
  /** Where agents sign in. */
  readonly agents: ListenAddress & {
    readonly certificate: TlsMaterial;
    /** Agents beyond this machine may come without TLS. */
    readonly allowPlain: boolean;
  };
  /** Where clients come in. */
  readonly public: ListenAddress & {
    /** undefined: plain HTTP. */
    readonly tls: PublicTls | undefined;
    /** NAME.domain is the address of a tunnel. */
    readonly domain: string;
  };
  /** Public ports of TCP tunnels. */
  readonly tcpPorts: readonly number[];
  readonly tokens: readonly AgentToken[];
  readonly routes: readonly RouteDefinition[];
  /** Who was signed in before: their names are kept for the grace, and requests wait for them. */
  readonly expected?: readonly ExpectedAgent[];
  readonly logger: Logger;
  /** Sessions have come, gone or changed their state. */
  readonly onChange?: () => void;
  /** An agent has signed in with a token. */
  readonly onTokenUsed?: (tokenId: string) => void;
  /** Milliseconds since the epoch. */
  readonly nowMs?: () => number;
  /** How long a session without a connection keeps its name, milliseconds. */
  readonly graceMs?: number;
  /** Of the links, where it is not the usual one. */
  readonly linkTiming?: Partial<LinkTiming>;
}
