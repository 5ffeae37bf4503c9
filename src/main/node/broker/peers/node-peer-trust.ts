import { type KnownKeys, nodeIdOf, type Signer } from '../../identity/index.ts';
import { checkSessionProof, type Handshake, type HandshakeRole, proveSession, type SessionProof } from '../../trust/session/index.ts';
import type { NodeClaim, PeerTrust, ProvenNode } from './peer-trust.ts';

/** Where it is known who is a member. */
export interface MemberSource {
  /** @throws SignalboxError `NOT_MEMBER` while this node is in no cluster */
  clusterId(): Uint8Array;
  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  memberOf(publicKey: Uint8Array): { readonly name: string };
  /** Public keys of all members; none while this node is in no cluster. */
  keys(): readonly Uint8Array[];
  /** Calls after each change of what the others answer. @returns how to stop */
  onChange(listener: () => void): () => void;
}

/** Trust between brokers on the thread that has the key of the node. */
export class NodePeerTrust implements PeerTrust {
  readonly #identity: Signer;
  readonly #keys: KnownKeys;
  readonly #members: MemberSource;

  constructor(identity: Signer, keys: KnownKeys, members: MemberSource) {
    this.#identity = identity;
    this.#keys = keys;
    this.#members = members;
  }

  async self(): Promise<NodeClaim> {
    return { publicKey: this.#identity.publicKey, clusterId: this.#members.clusterId() };
  }

  async prove(role: HandshakeRole, handshake: Handshake): Promise<SessionProof> {
    return proveSession(role, handshake, this.#identity, 'broker');
  }

  async verify(role: HandshakeRole, proof: SessionProof, handshake: Handshake, claim: NodeClaim): Promise<ProvenNode> {
    const { publicKey } = claim;
    const expected = {
      claimed: publicKey,
      self: this.#identity.publicKey,
      claimedCluster: claim.clusterId,
      cluster: this.#members.clusterId(),
    };
    checkSessionProof(role, proof, handshake, expected, this.#keys, 'broker');
    return { nodeId: nodeIdOf(publicKey), name: this.#members.memberOf(publicKey).name };
  }

  followMembers(listener: (nodeIds: ReadonlySet<string>) => void): () => void {
    const tell = () => listener(new Set(this.#members.keys().map((key) => nodeIdOf(key))));
    tell();
    return this.#members.onChange(tell);
  }
}
