/** What gateway and agent sign to sign in (security.md 2.9 and rows 53 and 54; wire.md 5 for the first system). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** How far the clocks of agent and gateway may be apart, milliseconds. */
export const handshakeSkewMs = 60_000;
const exporterLabel = 'EXPORTER-SGBX-tunnel-v1';
const exporterBytes = 32;
const challengeBytes = 32;
const nonceBytes = 16;
const secretBytes = 32;

/** What the channel is bound to where there is none: without TLS. */
export const noChannel = '-';

/** What both ends of a current handshake sign. */
export interface HandshakeTranscript {
  readonly tokenId: string;
  readonly timestampMs: number;
  /** {@link newNonce} */
  readonly nonce: string;
  /** Node id of the gateway, as it said with its challenge. */
  readonly serverNodeId: string;
  readonly agentId: string;
  /** {@link channelBinding} of this end. */
  readonly channel: string;
  readonly challenge: Uint8Array;
}

/** What an agent of the first system signs. */
export interface LegacyTranscript {
  readonly token: string;
  readonly timestampSeconds: number;
  readonly nonce: string;
}

/** base64url of 16 random bytes. */
export function newNonce(): string {
  return randomBytes(nonceBytes).toString('base64url');
}

/** 32 random bytes. */
export function newChallenge(): Buffer {
  return randomBytes(challengeBytes);
}

/** A new secret of a token: base64url of 32 random bytes. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** Whether a nonce has the form of a current agent's. */
export function isNonce(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

/** The agent's signature: base64url. */
export function agentSignature(secret: string, transcript: HandshakeTranscript): string {
  return sign(secret, agentLines(transcript));
}

/** @returns whether the agent knows the secret, and signed for this gateway, this agent and this channel. Takes the same time either way. */
export function verifyAgentSignature(secret: string, transcript: HandshakeTranscript, signature: string): boolean {
  return isUnambiguous(transcript) && sameText(agentSignature(secret, transcript), signature);
}

/** The gateway's proof that it knows the secret too: base64url. @param signature that of the agent, which has been verified */
export function gatewayProof(secret: string, transcript: HandshakeTranscript, signature: string): string {
  return sign(secret, proofLines(transcript, signature));
}

/** @returns whether the gateway knows the secret, and answers this very handshake */
export function verifyGatewayProof(secret: string, transcript: HandshakeTranscript, signature: string, proof: string): boolean {
  return isUnambiguous(transcript) && sameText(gatewayProof(secret, transcript, signature), proof);
}

/** Signature of an agent of the first system: lower-case hex over token, seconds and nonce without anything between (wire.md 5). */
export function legacySignature(secret: string, { token, timestampSeconds, nonce }: LegacyTranscript): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(`${token}${timestampSeconds}${nonce}`, 'utf8').digest('hex');
}

/** @returns whether an agent of the first system knows the secret. Takes the same time either way. */
export function verifyLegacySignature(secret: string, transcript: LegacyTranscript, signature: string): boolean {
  return sameText(legacySignature(secret, transcript), signature);
}

/**
 * What a handshake on this TLS connection is bound to (RFC 9266's way, with a label of ours): lower-case hex of 32 bytes that only its two ends
 * know. Somebody in between has two connections, and so two of them.
 *
 * @param socket of the WebSocket; undefined: no TLS
 */
export function channelBinding(socket: TLSSocket | undefined): string {
  return socket === undefined ? noChannel : socket.exportKeyingMaterial(exporterBytes, exporterLabel, Buffer.alloc(0)).toString('hex');
}

function agentLines(transcript: HandshakeTranscript): string[] {
  return ['SGBX-TUNNEL-HMAC-V1', ...transcriptLines(transcript)];
}

function proofLines(transcript: HandshakeTranscript, signature: string): string[] {
  return ['SGBX-TUNNEL-HMAC-V1-GATEWAY', ...transcriptLines(transcript), signature];
}

function transcriptLines({ tokenId, timestampMs, nonce, serverNodeId, agentId, channel, challenge }: HandshakeTranscript): string[] {
  return [tokenId, String(timestampMs), nonce, serverNodeId, agentId, channel, Buffer.from(challenge).toString('base64url')];
}

/** A line break within a value could move the bounds between the lines. */
function isUnambiguous({ tokenId, nonce, serverNodeId, agentId }: HandshakeTranscript): boolean {
  return ![tokenId, nonce, serverNodeId, agentId].some((text) => text.includes('\n'));
}

function sign(secret: string, lines: readonly string[]): string {
  return createHmac('sha256', keyOf(secret)).update(lines.join('\n'), 'utf8').digest('base64url');
}

/** The 32 bytes that a secret of ours stands for; any other secret is its UTF-8 bytes. */
function keyOf(secret: string): Buffer {
  if (/^[A-Za-z0-9_-]{43}$/.test(secret)) {
    const bytes = Buffer.from(secret, 'base64url');
    // The last character has two bits to spare; only one spelling is the secret.
    if (bytes.toString('base64url') === secret) return bytes;
  }
  return Buffer.from(secret, 'utf8');
}

function sameText(expected: string, given: string): boolean {
  const expectedBytes = Buffer.from(expected, 'utf8');
  const givenBytes = Buffer.from(given, 'utf8');
  return expectedBytes.length === givenBytes.length && timingSafeEqual(expectedBytes, givenBytes);
}
