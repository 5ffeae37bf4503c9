/** The proof of who is at both ends of a TLS connection (security.md 2.4, design A: channel-bound identity). */
import { randomBytes, randomUUID } from 'node:crypto';
import { SignalboxError } from '../../../common/errors.ts';
import { type KnownKeys, type Signer, sameBytes } from '../identity/index.ts';
import { readSealingCertificate } from '../trust/sealing-key/index.ts';
import {
  checkSessionProof,
  type Handshake,
  helloDigest,
  proveSession,
  type SessionKeys,
  sessionExporterLabel,
  sessionKeysContext,
  sessionKeysExporterLabel,
  sessionKeysOfLink,
} from '../trust/session/index.ts';
import {
  decodeAcceptance,
  decodeHello,
  decodeProof,
  encodeAcceptance,
  encodeHello,
  encodeProof,
  encodeRefusal,
  type Hello,
} from './hello.ts';
import type { PeerChannel } from './peer-channel.ts';

const nonceBytes = 32;

/** This node, and what it knows of the others. */
export interface HandshakeParty {
  readonly identity: Signer;
  readonly keys: KnownKeys;
  /** What this node says of itself, asked at each handshake. */
  readonly describe: () => Omit<Hello, 'publicKey' | 'nonce' | 'clockMs'>;
  /**
   * The roles of a member in the cluster.
   *
   * @throws SignalboxError `NOT_MEMBER`, `REVOKED`
   */
  readonly admit: (publicKey: Uint8Array) => number;
  readonly nowMs: () => number;
}

/** Who is at the other end, proven. */
export interface ProvenPeer {
  readonly hello: Hello;
  /** What it may do here. */
  readonly roles: number;
  /** What this node may do there; undefined at the end that decides it. */
  readonly rolesThere: number | undefined;
  readonly sessionId: string;
  /** How far its clock is ahead, as far as one way tells. */
  readonly clockOffsetMs: number;
  readonly keys: SessionKeys;
  /** Later keys of the same connection, by number from 1; both ends have them without a word. */
  readonly laterKeys: (generation: number) => SessionKeys;
}

/**
 * Proves itself to the node that was dialled.
 *
 * @param pinned the key that was dialled, when it is known
 * @throws SignalboxError `BAD_SIGNATURE`, `CHANNEL_BINDING`, `SELF`, `PIN`, `WRONG_CLUSTER`, `KEY_WEAK`, `NOT_MEMBER`, `REVOKED`,
 *   `VERSION`, `INVALID_PARAMS`, `NODE_LOST`; also as the other side refused
 */
export async function shakeHandsAsClient(channel: PeerChannel, party: HandshakeParty, pinned: Uint8Array | undefined): Promise<ProvenPeer> {
  const own = ownHello(party);
  const clientHello = encodeHello(own);
  channel.send(clientHello);
  return orRefuse(channel, async () => {
    const serverHello = await channel.receive();
    const hello = decodeHello(serverHello);
    const handshake = bind(channel, clientHello, serverHello);
    checkPeer('S', decodeProof(await channel.receive()), handshake, { party, hello, own, pinned });
    const roles = party.admit(hello.publicKey);
    channel.send(encodeProof(proveSession('C', handshake, party.identity)));
    const { sessionId, roles: rolesThere } = decodeAcceptance(await channel.receive());
    return { ...proven(channel, party, hello, handshake, 'C'), roles, rolesThere, sessionId };
  });
}

/** The same at the other end. @throws SignalboxError as {@link shakeHandsAsClient} */
export async function shakeHandsAsServer(channel: PeerChannel, party: HandshakeParty): Promise<ProvenPeer> {
  return orRefuse(channel, async () => {
    const clientHello = await channel.receive();
    const hello = decodeHello(clientHello);
    const own = ownHello(party);
    const serverHello = encodeHello(own);
    const handshake = bind(channel, clientHello, serverHello);
    channel.send(serverHello);
    channel.send(encodeProof(proveSession('S', handshake, party.identity)));
    checkPeer('C', decodeProof(await channel.receive()), handshake, { party, hello, own, pinned: undefined });
    const roles = party.admit(hello.publicKey);
    const sessionId = randomUUID();
    channel.send(encodeAcceptance({ sessionId, roles }));
    return { ...proven(channel, party, hello, handshake, 'S'), roles, rolesThere: undefined, sessionId };
  });
}

function ownHello({ identity, describe, nowMs }: HandshakeParty): Hello {
  return { ...describe(), publicKey: identity.publicKey, nonce: randomBytes(nonceBytes), clockMs: nowMs() };
}

function bind(channel: PeerChannel, clientHello: Buffer, serverHello: Buffer): Handshake {
  const hellos = { clientHello, serverHello };
  return { ...hellos, channelBinding: channel.exportSecret(sessionExporterLabel, helloDigest(hellos)) };
}

function checkPeer(
  role: 'S' | 'C',
  proof: ReturnType<typeof decodeProof>,
  handshake: Handshake,
  ends: { readonly party: HandshakeParty; readonly hello: Hello; readonly own: Hello; readonly pinned: Uint8Array | undefined },
): void {
  const { party, hello, own, pinned } = ends;
  const expected = { claimed: hello.publicKey, self: own.publicKey, pinned, claimedCluster: hello.clusterId, cluster: own.clusterId };
  checkSessionProof(role, proof, handshake, expected, party.keys);
  const { owner } = readSealingCertificate(hello.sealingCertificate, party.keys, party.nowMs());
  if (!sameBytes(owner, hello.publicKey))
    throw new SignalboxError('BAD_SIGNATURE', 'The sealing key of the node at the other end is of another node.');
}

function proven(channel: PeerChannel, party: HandshakeParty, hello: Hello, handshake: Handshake, role: 'C' | 'S') {
  const { publicKey } = party.identity;
  const nodes = {
    clusterId: hello.clusterId,
    client: role === 'C' ? publicKey : hello.publicKey,
    server: role === 'S' ? publicKey : hello.publicKey,
  };
  const laterKeys = (generation: number) => {
    const secret = channel.exportSecret(sessionKeysExporterLabel, sessionKeysContext(handshake, generation));
    return sessionKeysOfLink(secret, handshake, nodes, role, party.nowMs());
  };
  return { hello, clockOffsetMs: hello.clockMs - party.nowMs(), keys: laterKeys(0), laterKeys };
}

/** What this side refuses, the other is told in so many words before the connection ends. */
async function orRefuse<T>(channel: PeerChannel, shake: () => Promise<T>): Promise<T> {
  try {
    return await shake();
  } catch (error) {
    const refusal = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', 'The handshake failed.', { cause: error });
    if (channel.ended === undefined) channel.send(encodeRefusal(refusal));
    channel.end(refusal);
    throw refusal;
  }
}
