import { randomBytes } from 'node:crypto';
import { type HandshakeTranscript, handshakeSkewMs, isNonce, verifyAgentSignature, verifyLegacySignature } from '../protocol/handshake.ts';
import type { ConnectRequest } from '../protocol/messages.ts';
import type { NonceCache } from './nonce-cache.ts';
import { type AgentToken, secretsAt, type TokenSecret } from './tokens.ts';

/** Why a proof was not good. For the log alone: the other end is told one code for all (security.md row 53). */
export type SignInFault = 'token' | 'signature' | 'clock' | 'nonce' | 'replayed' | 'nonces-full' | 'dialect' | 'plain' | 'before-start';

export type SignInVerdict =
  | { readonly good: true; readonly token: AgentToken; readonly secret: TokenSecret; readonly transcript: HandshakeTranscript | undefined }
  | { readonly good: false; readonly fault: SignInFault };

/** The connection on which an agent signs in. */
export interface SignInPlace {
  readonly protocol: 'v1' | 'legacy';
  readonly gatewayNodeId: string;
  /** Of this connection; unused by agents of the first system. */
  readonly challenge: Uint8Array;
  /** See `channelBinding`. */
  readonly channel: string;
  readonly tls: boolean;
  readonly loopback: boolean;
  /** The gateway lets agents beyond this machine come without TLS. */
  readonly plainAllowed: boolean;
}

export interface SignInCheckOptions {
  readonly tokens: () => ReadonlyMap<string, AgentToken>;
  readonly nonces: NonceCache;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Since when nonces are remembered, milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Secrets that are tried for each sign-in, whatever the token has: a rotation must not show in the time it takes. */
const secretsTried = 2;
/** Of agents of the first system, whose form nothing fixes. */
const legacyNonce = /^[\x21-\x7e]{8,128}$/;
/** Nobody knows it: what an unknown token is measured against, so that it costs the same time (security.md row 55). */
const nobodysSecret = randomBytes(32).toString('base64url');

/**
 * Judges the proof of an agent (security.md 2.9, rows 53 to 55). The signature is always reckoned before anything is refused, and a nonce
 * is only remembered for a proof that was good: nobody else can fill the memory.
 */
export class SignInCheck {
  readonly #options: SignInCheckOptions;

  constructor(options: SignInCheckOptions) {
    this.#options = options;
  }

  check(request: ConnectRequest, place: SignInPlace): SignInVerdict {
    const { tokens, nonces, nowMs } = this.#options;
    const token = tokens().get(request.token);
    const transcript: HandshakeTranscript = {
      tokenId: request.token,
      timestampMs: request.timestamp,
      nonce: request.nonce,
      serverNodeId: place.gatewayNodeId,
      agentId: request.agentId,
      channel: place.channel,
      challenge: place.challenge,
    };
    const secret = this.#match(token, (candidate) =>
      place.protocol === 'v1'
        ? verifyAgentSignature(candidate, transcript, request.signature)
        : verifyLegacySignature(
            candidate,
            { token: request.token, timestampSeconds: request.timestamp, nonce: request.nonce },
            request.signature,
          ),
    );
    if (token === undefined) return fault('token');
    if (secret === undefined) return fault('signature');
    const wrongPlace = this.#faultOf(request, place, token);
    if (wrongPlace !== undefined) return fault(wrongPlace);
    const sentMs = place.protocol === 'v1' ? request.timestamp : request.timestamp * 1_000;
    // Seconds are told rounded down.
    const spareMs = place.protocol === 'v1' ? 0 : 1_000;
    if (nowMs() - sentMs > handshakeSkewMs + spareMs || sentMs - nowMs() > handshakeSkewMs) return fault('clock');
    // Nonces are remembered in memory: what was signed before the gateway started may have been used with the one before it.
    if (place.protocol === 'legacy' && sentMs + spareMs < this.#options.sinceMs) return fault('before-start');
    const verdict = nonces.take(token.tokenId, request.nonce);
    if (verdict === 'seen') return fault('replayed');
    if (verdict === 'full') return fault('nonces-full');
    return { good: true, token, secret, transcript: place.protocol === 'v1' ? transcript : undefined };
  }

  #faultOf(request: ConnectRequest, { protocol, tls, loopback, plainAllowed }: SignInPlace, token: AgentToken): SignInFault | undefined {
    if (protocol === 'legacy') {
      if (!token.legacy) return 'dialect';
      if (!tls && !loopback) return 'plain';
      return legacyNonce.test(request.nonce) ? undefined : 'nonce';
    }
    if (!tls && !loopback && !plainAllowed) return 'plain';
    return isNonce(request.nonce) ? undefined : 'nonce';
  }

  #match(token: AgentToken | undefined, verify: (secret: string) => boolean): TokenSecret | undefined {
    const good = token === undefined ? [] : secretsAt(token, this.#options.nowMs());
    let match: TokenSecret | undefined;
    for (let place = 0; place < secretsTried; place++) {
      const candidate = good[place];
      if (verify(candidate?.secret ?? nobodysSecret) && candidate !== undefined) match ??= candidate;
    }
    return match;
  }
}

function fault(why: SignInFault): SignInVerdict {
  return { good: false, fault: why };
}
