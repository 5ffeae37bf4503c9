import { describe, expect, test } from 'vitest';
import { NonceCache } from '../../../../../../src/main/node/tunnel/gateway/nonce-cache.ts';
import { SignInCheck, type SignInPlace } from '../../../../../../src/main/node/tunnel/gateway/sign-in-check.ts';
import type { AgentToken } from '../../../../../../src/main/node/tunnel/gateway/tokens.ts';
import {
  agentSignature,
  type ConnectRequest,
  legacySignature,
  newChallenge,
  newNonce,
} from '../../../../../../src/main/node/tunnel/protocol/index.ts';

const nowMs = 1_795_000_000_000;
const secret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const token: AgentToken = {
  tokenId: 'T-AB12CD34',
  agentIds: ['press-*'],
  kinds: ['http'],
  legacy: true,
  duplicates: 'replace',
  secrets: [{ version: 1, secret, untilMs: null }],
};
const place: SignInPlace = {
  protocol: 'v1',
  gatewayNodeId: 'n1gateway',
  challenge: newChallenge(),
  channel: 'ab'.repeat(32),
  tls: true,
  loopback: false,
  plainAllowed: false,
};
const legacyPlace: SignInPlace = { ...place, protocol: 'legacy', channel: '' };

function checkOf(tokens: readonly AgentToken[] = [token], entries = 100, sinceMs = 0) {
  const nonces = new NonceCache({ entries, keepMs: 150_000, nowMs: () => 0 });
  return new SignInCheck({ tokens: () => new Map(tokens.map((known) => [known.tokenId, known])), nonces, nowMs: () => nowMs, sinceMs });
}

function requestOf(changes: Partial<ConnectRequest> = {}): ConnectRequest {
  return {
    type: 'connect',
    agentId: 'press-07',
    token: token.tokenId,
    timestamp: nowMs,
    nonce: newNonce(),
    signature: '',
    kind: 'http',
    protocolVersion: 1,
    software: '1.0.0',
    nodeId: '',
    capabilities: [],
    sessionKey: 'k',
    publicPort: 0,
    sealedAccess: new Uint8Array(0),
    linkIndex: 0,
    ...changes,
  };
}

/** Signs as an agent does that is at `at`. */
function signed(changes: Partial<ConnectRequest> = {}, at: SignInPlace = place, with_: string = secret): ConnectRequest {
  const request = requestOf(changes);
  const signature = agentSignature(with_, {
    tokenId: request.token,
    timestampMs: request.timestamp,
    nonce: request.nonce,
    serverNodeId: at.gatewayNodeId,
    agentId: request.agentId,
    channel: at.channel,
    challenge: at.challenge,
  });
  return { ...request, signature };
}

function signedAsFirst(changes: Partial<ConnectRequest> = {}): ConnectRequest {
  const request = requestOf({ timestamp: nowMs / 1_000, nonce: '0123456789abcdef', ...changes });
  return {
    ...request,
    signature: legacySignature(secret, { token: request.token, timestampSeconds: request.timestamp, nonce: request.nonce }),
  };
}

const faultOf = (check: SignInCheck, request: ConnectRequest, at: SignInPlace = place) => {
  const verdict = check.check(request, at);
  return verdict.good ? 'good' : verdict.fault;
};

describe('a current agent', () => {
  test('is let in with a good proof', () => {
    expect(checkOf().check(signed(), place)).toMatchObject({ good: true, secret: { version: 1 } });
  });

  test('is refused when timestamp and nonce come twice (row 53)', () => {
    const check = checkOf();
    const request = signed();
    expect(faultOf(check, request)).toBe('good');
    expect(faultOf(check, request)).toBe('replayed');
  });

  test('is refused 61 s early or late, and let in at 60 s (row 53)', () => {
    const check = checkOf();
    expect(faultOf(check, signed({ timestamp: nowMs - 61_000 }))).toBe('clock');
    expect(faultOf(check, signed({ timestamp: nowMs + 61_000 }))).toBe('clock');
    expect(faultOf(check, signed({ timestamp: nowMs - 60_000 }))).toBe('good');
    expect(faultOf(check, signed({ timestamp: nowMs + 60_000 }))).toBe('good');
  });

  test.each(['a', '', 'EBESExQVFhcYGRobHB0eHw=='])('is refused with the nonce "%s" (row 53)', (nonce) => {
    expect(faultOf(checkOf(), signed({ nonce }))).toBe('nonce');
  });

  test('is refused when its signature is shorter, longer or written otherwise (row 53)', () => {
    const check = checkOf();
    const { signature, ...request } = signed();
    for (const wrong of [
      signature.slice(0, -1),
      `${signature}=`,
      `${signature}A`,
      signature.toUpperCase(),
      '',
      Buffer.from(signature, 'base64url').toString('hex'),
    ])
      expect(faultOf(check, { ...request, signature: wrong }), wrong).toBe('signature');
  });

  test('is refused when its proof was made for another agent, gateway, connection or challenge (row 54)', () => {
    const check = checkOf();
    expect(faultOf(check, { ...signed(), agentId: 'press-08' })).toBe('signature');
    expect(faultOf(check, signed({}, { ...place, gatewayNodeId: 'n1other' }))).toBe('signature');
    expect(faultOf(check, signed({}, { ...place, channel: 'cd'.repeat(32) }))).toBe('signature');
    expect(faultOf(check, signed({}, { ...place, channel: '-' }))).toBe('signature');
    expect(faultOf(check, signed({}, { ...place, challenge: newChallenge() }))).toBe('signature');
  });

  test('needs TLS, this machine, or the leave of the gateway', () => {
    const plain = { ...place, channel: '-', tls: false };
    expect(faultOf(checkOf(), signed({}, plain), plain)).toBe('plain');
    expect(faultOf(checkOf(), signed({}, plain), { ...plain, loopback: true })).toBe('good');
    expect(faultOf(checkOf(), signed({}, plain), { ...plain, plainAllowed: true })).toBe('good');
  });

  test('of an unknown token is refused, whatever it signed with', () => {
    expect(faultOf(checkOf(), signed({ token: 'T-NOBODY00' }))).toBe('token');
  });

  test('is refused when the memory of nonces is full', () => {
    const check = checkOf([token], 1);
    expect(faultOf(check, signed())).toBe('good');
    expect(faultOf(check, signed())).toBe('nonces-full');
  });

  test('may use the former secret for as long as its grace', () => {
    const rotated: AgentToken = {
      ...token,
      secrets: [
        { version: 2, secret: 'a new secret of the token', untilMs: null },
        { version: 1, secret, untilMs: nowMs + 1 },
      ],
    };
    expect(checkOf([rotated]).check(signed(), place)).toMatchObject({ good: true, secret: { version: 1 } });
    expect(checkOf([rotated]).check(signed({}, place, 'a new secret of the token'), place)).toMatchObject({ secret: { version: 2 } });
    const over = { ...rotated, secrets: rotated.secrets.map((known) => (known.untilMs === null ? known : { ...known, untilMs: nowMs })) };
    expect(faultOf(checkOf([over]), signed())).toBe('signature');
  });
});

describe('an agent of the first system', () => {
  test('is let in with a good proof, over TLS or on this machine', () => {
    expect(faultOf(checkOf(), signedAsFirst(), legacyPlace)).toBe('good');
    expect(faultOf(checkOf(), signedAsFirst(), { ...legacyPlace, tls: false, loopback: true })).toBe('good');
    expect(faultOf(checkOf(), signedAsFirst(), { ...legacyPlace, tls: false, plainAllowed: true })).toBe('plain');
  });

  test('is refused with a token that is not for it', () => {
    expect(faultOf(checkOf([{ ...token, legacy: false }]), signedAsFirst(), legacyPlace)).toBe('dialect');
  });

  test('is refused when replayed, stale, early or with a short nonce (row 53)', () => {
    const check = checkOf();
    const request = signedAsFirst();
    expect(faultOf(check, request, legacyPlace)).toBe('good');
    expect(faultOf(check, request, legacyPlace)).toBe('replayed');
    expect(faultOf(check, signedAsFirst({ timestamp: nowMs / 1_000 - 62 }), legacyPlace)).toBe('clock');
    expect(faultOf(check, signedAsFirst({ timestamp: nowMs / 1_000 + 61 }), legacyPlace)).toBe('clock');
    expect(faultOf(check, signedAsFirst({ nonce: 'a' }), legacyPlace)).toBe('nonce');
  });

  test('is refused when its signature is cut, upper case or of another length (row 53)', () => {
    const check = checkOf();
    const { signature, ...request } = signedAsFirst();
    for (const wrong of [signature.slice(0, 32), signature.toUpperCase(), `${signature}00`, ''])
      expect(faultOf(check, { ...request, signature: wrong }, legacyPlace), wrong).toBe('signature');
  });

  test('is refused when it signed before the gateway knew any nonce', () => {
    expect(faultOf(checkOf([token], 100, nowMs), signedAsFirst({ timestamp: nowMs / 1_000 - 2 }), legacyPlace)).toBe('before-start');
    expect(faultOf(checkOf([token], 100, nowMs), signedAsFirst(), legacyPlace)).toBe('good');
  });
});
