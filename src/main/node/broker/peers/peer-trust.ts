/** Who may speak as another broker, as the connections between brokers ask it. */
import type { Handshake, HandshakeRole, SessionProof } from '../../trust/session/index.ts';

/** What a node names before it has proven anything. */
export interface NodeClaim {
  /** 32 bytes each. */
  readonly publicKey: Uint8Array;
  readonly clusterId: Uint8Array;
}

/** A node that has proven its key and is a member. */
export interface ProvenNode {
  readonly nodeId: string;
  readonly name: string;
}

/**
 * Proofs of this node and checks of others. The key never leaves the thread that has it: brokers run in a worker and ask by message
 * (`PortPeerTrust`), tests and benches use keys of their own (`NodePeerTrust` over a fixed list).
 */
export interface PeerTrust {
  /** This node and its cluster. @throws SignalboxError `NOT_MEMBER` while the node is in none */
  self(): Promise<NodeClaim>;
  /** Signs what this end of a connection is, for this connection alone. */
  prove(role: HandshakeRole, handshake: Handshake): Promise<SessionProof>;
  /**
   * Checks the other end: its key, bound to this connection, then the cluster, then membership.
   *
   * @param role of the prover
   * @throws SignalboxError `BAD_SIGNATURE`, `CHANNEL_BINDING`, `SELF`, `WRONG_CLUSTER`, `KEY_WEAK`, `NOT_MEMBER`, `REVOKED`
   */
  verify(role: HandshakeRole, proof: SessionProof, handshake: Handshake, claim: NodeClaim): Promise<ProvenNode>;
  /**
   * Tells the ids of all nodes that are members, now and after each change: a connection of any other is cut at once. None while this
   * node is in no cluster.
   *
   * @returns how to stop
   */
  followMembers(listener: (nodeIds: ReadonlySet<string>) => void): () => void;
}
