/** The queue broker of this node as the rest of the node sees it. The broker itself runs in threads of its own. */
import type { ResultOf } from '../../../common/contract/index.ts';
import type { Principal } from '../../../common/roles.ts';
import type { Role } from './core/types.ts';

/** A replica that this node's broker holds. */
export interface HeldReplica {
  readonly groupId: string;
  readonly role: Role;
  readonly term: number;
  /** It leads and may serve: its no-op is committed. */
  readonly ready: boolean;
  /** Who leads as far as this replica knows; null: nobody now. `nodeId` is null where a broker runs without a node. */
  readonly leader: { readonly brokerId: string; readonly nodeId: string | null } | null;
}

export type BrokerReport = ResultOf<'brokers.status'> & { readonly replicas: readonly HeldReplica[] };

/** What a client asks of a broker, with the field names of docs/broker-protocol.md. */
export type OperationRequest = { readonly operation: string } & Readonly<Record<string, unknown>>;

/** Refusals are answers: `code` is one of docs/broker-protocol.md. */
export type OperationAnswer = ({ readonly status: 'success' } & Readonly<Record<string, unknown>>) | OperationRefusal;

export interface OperationRefusal {
  readonly status: 'error';
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** With `NOT_LEADER`: who leads, where that is known. */
  readonly leader?: { readonly broker_id: string; readonly node_id?: string | null; readonly host: string; readonly port: number } | null;
  readonly [field: string]: unknown;
}

export interface OperationOptions {
  /** Aborted: nobody waits for the answer any more. What was proposed may still be committed. */
  readonly signal?: AbortSignal;
  /** Steps of operations that take long. */
  readonly onProgress?: (progress: Readonly<Record<string, unknown>>) => void;
}

export interface BrokerFace {
  /** What the broker last told; never waits. */
  status(): BrokerReport;
  /**
   * Does an operation here, with the rights of a principal: only in this broker, never at another.
   *
   * @returns the answer; refusals are answers too
   * @throws SignalboxError `CANCELLED`; `INTERNAL` when the broker's thread is gone
   */
  request(operation: OperationRequest, principal: Principal, options?: OperationOptions): Promise<OperationAnswer>;
  /** Tells of changes of state, leader or membership of any group. Returns how to stop. */
  onChange(listener: () => void): () => void;
}

/** The broker of a node that has none running. */
export const brokerThatIsOff: BrokerFace = {
  status: () => ({
    state: 'off',
    detail: '',
    brokerId: null,
    host: '127.0.0.1',
    port: null,
    tls: false,
    profile: 'lan',
    groups: 0,
    leaderOf: 0,
    clients: 0,
    peers: 0,
    flushP50Ms: null,
    flushP99Ms: null,
    stalledMs: 0,
    logBytes: 0,
    refused: 0,
    replicas: [],
  }),
  request: () => Promise.resolve({ status: 'error', code: 'BROKER_OFF', message: 'The queue broker of this node is off.' }),
  onChange: () => () => undefined,
};
