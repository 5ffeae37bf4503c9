/** Trust between brokers whose keys are made of one byte each: no node, no membership log. */
import { createHash } from 'node:crypto';
import { SignalboxError } from '../../src/common/errors.ts';
import { NodePeerTrust } from '../../src/main/node/broker/peers/node-peer-trust.ts';
import type { PeerTrust } from '../../src/main/node/broker/peers/peer-trust.ts';
import { KnownKeys, nodeIdOf, sameBytes, signerFromSeed } from '../../src/main/node/identity/index.ts';

export interface StaticPeerTrust {
  readonly trust: PeerTrust;
  readonly nodeId: string;
  /** Removes a member, as this broker's node sees it. */
  revoke(byte: number): void;
}

export interface StaticPeerTrustOptions {
  /** The key of this broker's node is 32 of this byte. */
  readonly byte: number;
  /** Those of all members, its own among them. */
  readonly members: readonly number[];
  readonly cluster?: string;
}

/** The same in every process that is given the same numbers. */
export function staticPeerTrust({ byte, members, cluster = 'brokers-of-a-test' }: StaticPeerTrustOptions): StaticPeerTrust {
  const clusterId = new Uint8Array(createHash('sha256').update(cluster).digest());
  const keyOf = (seed: number) => signerFromSeed(new Uint8Array(32).fill(seed)).publicKey;
  const left = new Map(members.map((seed) => [seed, keyOf(seed)]));
  const listeners = new Set<() => void>();
  const identity = signerFromSeed(new Uint8Array(32).fill(byte));
  const trust = new NodePeerTrust(identity, new KnownKeys(), {
    clusterId: () => clusterId,
    memberOf: (publicKey) => {
      for (const [seed, key] of left) if (sameBytes(key, publicKey)) return { name: `node-${seed}` };
      throw new SignalboxError('NOT_MEMBER', `The node ${nodeIdOf(publicKey)} does not belong to the cluster. Let it join first.`);
    },
    keys: () => [...left.values()],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return {
    trust,
    nodeId: nodeIdOf(identity.publicKey),
    revoke: (seed) => {
      left.delete(seed);
      for (const listener of listeners) listener();
    },
  };
}
