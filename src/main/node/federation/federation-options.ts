import type { Role } from '../../../common/roles.ts';
import type { Signer } from '../identity/index.ts';
import type { PeerStanding } from '../peers/oversight.ts';
import type { AuditSink } from '../router/index.ts';
import type { Store } from '../store/index.ts';
import type { Logger, Metrics, Problems } from '../telemetry/index.ts';
import type { LinkTarget } from './link-target.ts';
import type { SelfDescription } from './presence.ts';
import type { ClusterView } from './secure/index.ts';

/** What the federation of a node needs of it. */
export interface FederationOptions {
  readonly nodeId: string;
  readonly identity: Signer;
  /** The cluster this node belongs to; absent, or undefined: none. */
  readonly cluster?: () => ClusterView | undefined;
  readonly version: string;
  readonly self: () => SelfDescription;
  readonly prefix: string;
  /** False: there is no broker to use, and members are reached over links alone; asked at the start. Absent: there is one. */
  readonly usesBroker?: () => boolean;
  /** Where the broker is; asked at each attempt to connect. */
  readonly target: () => Promise<LinkTarget>;
  readonly keepaliveSeconds: number;
  /** Whether the broker is on this machine: nothing unsigned is taken from beyond. Absent: it is. */
  readonly isBrokerLocal?: () => boolean;
  /** Setting `federation.acceptUnsigned`: unsigned messages are taken in a cluster too. */
  readonly acceptUnsigned: () => boolean;
  /** The most that somebody on a node which does not sign may do here. */
  readonly unsignedRole: () => Role;
  /** How far other nodes are trusted with the work of others; absent: all alike. */
  readonly standing?: PeerStanding;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly problems: Problems;
  readonly audit?: AuditSink;
  readonly nowMs?: () => number;
}
