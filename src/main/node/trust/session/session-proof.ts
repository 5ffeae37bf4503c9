/** The proof of identity inside a TLS connection, bound to that connection (security.md 2.4). */
import { type KnownKeys, type Signer, sameBytes } from '../../identity/index.ts';
import { u32 } from '../byte-reader.ts';
import { sha256 } from '../digest.ts';
import { refusal } from '../refusal.ts';
import { deriveSessionKeys, type SessionKeys } from './session-keys.ts';

/** What a connection is for. A proof for the one proves nothing for the other. */
export type ProofPurpose = 'session' | 'broker';

const tags: Readonly<Record<ProofPurpose, Buffer>> = {
  session: Buffer.from('SGBX/session/v1\0', 'latin1'),
  broker: Buffer.from('SGBX/broker/v1\0\0', 'latin1'),
};

/** Label of the TLS exporter; its context is {@link helloDigest}. */
export const sessionExporterLabel = 'EXPORTER-SGBX-v1';

/** The same of a connection between brokers. */
export const brokerExporterLabel = 'EXPORTER-SGBX-broker-v1';

/** What both sides of a connection know before either has proven anything. */
export interface Handshake {
  /** The exact bytes of the client's and the server's hello. */
  readonly clientHello: Uint8Array;
  readonly serverHello: Uint8Array;
  /** What this side's TLS exports, 32 bytes. */
  readonly channelBinding: Uint8Array;
}

/** `S` proves the server's key, `C` the client's: a proof sent back proves nothing. */
export type HandshakeRole = 'S' | 'C';

/** Context of the TLS exporter. */
export function helloDigest({ clientHello, serverHello }: Pick<Handshake, 'clientHello' | 'serverHello'>): Uint8Array {
  return sha256(clientHello, serverHello);
}

function transcript(
  purpose: ProofPurpose,
  role: HandshakeRole,
  channelBinding: Uint8Array,
  { clientHello, serverHello }: Handshake,
): Uint8Array {
  return Buffer.concat([tags[purpose], Buffer.from(role, 'latin1'), channelBinding, sha256(clientHello), sha256(serverHello)]);
}

/** What one side sends to prove its key. */
export interface SessionProof {
  /** The channel as the prover sees it. */
  readonly channelBinding: Uint8Array;
  readonly signature: Uint8Array;
}

/** Proves this node's key on this connection. */
export function proveSession(role: HandshakeRole, handshake: Handshake, identity: Signer, purpose: ProofPurpose = 'session'): SessionProof {
  const { channelBinding } = handshake;
  return { channelBinding, signature: identity.sign(transcript(purpose, role, channelBinding, handshake)) };
}

/** Whom one side expects at the other end. */
export interface ExpectedPeer {
  /** The key that the other's hello names. */
  readonly claimed: Uint8Array;
  /** This node's own. */
  readonly self: Uint8Array;
  /** The key that was dialled, when one was. */
  readonly pinned?: Uint8Array | undefined;
  /** Cluster that the other's hello names, and ours. */
  readonly claimedCluster: Uint8Array;
  readonly cluster: Uint8Array;
}

/**
 * Checks the other side's proof. Membership is asked only after it: a stranger learns nothing before proving a key.
 *
 * @param role of the prover
 * @throws SignalboxError `SELF`, `PIN`, `WRONG_CLUSTER`, `KEY_WEAK`, `BAD_SIGNATURE`; `CHANNEL_BINDING` when the proof is right but was made
 *   for another TLS connection: something between the nodes opens TLS
 */
export function checkSessionProof(
  role: HandshakeRole,
  proof: SessionProof,
  handshake: Handshake,
  expected: ExpectedPeer,
  keys: KnownKeys,
  purpose: ProofPurpose = 'session',
): void {
  const { claimed, self, pinned, claimedCluster, cluster } = expected;
  if (!keys.isSigned(claimed, transcript(purpose, role, proof.channelBinding, handshake), proof.signature))
    throw refusal('BAD_SIGNATURE', 'The node at the other end did not prove the key that it names.');
  if (!sameBytes(proof.channelBinding, handshake.channelBinding))
    throw refusal('CHANNEL_BINDING', 'Something between the nodes opens TLS. Remove the proxy, or find out who it is.');
  if (sameBytes(claimed, self)) throw refusal('SELF', 'The node at the other end is this node itself.');
  if (pinned !== undefined && !sameBytes(claimed, pinned))
    throw refusal('PIN', 'Another node answers at this address. Look for the node elsewhere.');
  if (!sameBytes(claimedCluster, cluster)) throw refusal('WRONG_CLUSTER', 'The node at the other end belongs to another cluster.');
}

/** Label of the TLS exporter for session keys: never the channel binding, which is sent. */
export const sessionKeysExporterLabel = 'EXPORTER-SGBX-keys-v1';

/**
 * Context of the TLS exporter for session keys.
 *
 * @param generation 0 for the first keys of a link; the next take their place when they have served their time
 */
export function sessionKeysContext(handshake: Pick<Handshake, 'clientHello' | 'serverHello'>, generation: number): Uint8Array {
  const digest = helloDigest(handshake);
  return generation === 0 ? digest : sha256(digest, u32(generation));
}

/**
 * Session keys of a direct link (wire.md 3).
 *
 * @param secret 32 bytes that this side's TLS exports under {@link sessionKeysExporterLabel} and {@link sessionKeysContext}
 * @param role of this side
 */
export function sessionKeysOfLink(
  secret: Uint8Array,
  handshake: Handshake,
  nodes: { readonly clusterId: Uint8Array; readonly client: Uint8Array; readonly server: Uint8Array },
  role: HandshakeRole,
  agreedMs: number,
): SessionKeys {
  const { clusterId, client, server } = nodes;
  const agreed = { secret, transcript: helloDigest(handshake), clusterId, initiator: client, responder: server };
  return deriveSessionKeys(agreed, role === 'C' ? 'initiator' : 'responder', agreedMs);
}
