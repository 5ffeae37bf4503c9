import { describe, expect, it } from 'vitest';
import {
  agentSignature,
  gatewayProof,
  type HandshakeTranscript,
  isNonce,
  legacySignature,
  newChallenge,
  newNonce,
  newSecret,
  noChannel,
  verifyAgentSignature,
  verifyGatewayProof,
  verifyLegacySignature,
} from '../../../../../../src/main/node/tunnel/protocol/index.ts';

// The golden vectors of docs/tunnel-protocol.md: fixed for good, whoever writes another client relies on them.
const secret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const transcript: HandshakeTranscript = {
  tokenId: 'T-AB12CD34',
  timestampMs: 1_732_147_200_123,
  nonce: 'EBESExQVFhcYGRobHB0eHw',
  serverNodeId: 'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa',
  agentId: 'press-07',
  channel: '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f',
  challenge: Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index),
};
const legacy = { token: 'token-of-press-07', timestampSeconds: 1_732_147_200, nonce: '0123456789abcdef' };

describe('golden vectors of the sign-in', () => {
  it('has the signature of an agent', () => {
    expect(agentSignature(secret, transcript)).toBe('VfmVrHAdbh3zRE5gtui3Kqz-_qeAVrhWRA36GTM8ml4');
  });

  it('has the proof of a gateway', () => {
    expect(gatewayProof(secret, transcript, agentSignature(secret, transcript))).toBe('KtuIFzPbfWFQu5_CeP99CCu7V9EFa5FOT93GIoDHpjc');
  });

  it('has the signature without TLS and with a secret that is a text', () => {
    expect(agentSignature('correct horse battery staple', { ...transcript, channel: noChannel })).toBe(
      'ztBuwzmT6orB-d3bIvJHXw44CFPvUfvr_nqQKXKeexs',
    );
  });

  it('has the signature of an agent of the first system', () => {
    expect(legacySignature('secret-of-press-07', legacy)).toBe('c2aef5da240e756708abafd620629b25c0875ff9de442d4cb3847f32fd0527f2');
  });
});

describe('the sign-in', () => {
  const signature = agentSignature(secret, transcript);
  const proof = gatewayProof(secret, transcript, signature);

  it('takes a signature for this gateway, agent, channel and challenge alone', () => {
    expect(verifyAgentSignature(secret, transcript, signature)).toBe(true);
    const moved: readonly Partial<HandshakeTranscript>[] = [
      { tokenId: 'T-AB12CD35' },
      { timestampMs: transcript.timestampMs + 1 },
      { nonce: newNonce() },
      { serverNodeId: 'n1other' },
      { agentId: 'press-08' },
      { channel: noChannel },
      { challenge: newChallenge() },
    ];
    for (const part of moved) {
      expect(verifyAgentSignature(secret, { ...transcript, ...part }, signature)).toBe(false);
      expect(verifyGatewayProof(secret, { ...transcript, ...part }, signature, proof)).toBe(false);
    }
    expect(verifyAgentSignature(newSecret(), transcript, signature)).toBe(false);
  });

  it('takes a proof for its signature alone, and never the signature as the proof', () => {
    expect(verifyGatewayProof(secret, transcript, signature, proof)).toBe(true);
    expect(verifyGatewayProof(secret, transcript, proof, proof)).toBe(false);
    expect(verifyGatewayProof(secret, transcript, signature, signature)).toBe(false);
  });

  it.each(['', signature.slice(0, -1), `${signature}=`, signature.toUpperCase(), `${signature}${signature}`])('refuses %j', (given) => {
    expect(verifyAgentSignature(secret, transcript, given)).toBe(false);
  });

  it('refuses values that move the bounds between the lines', () => {
    const shifted = { ...transcript, serverNodeId: 'n1\npress-07', agentId: 'x' };
    expect(verifyAgentSignature(secret, shifted, agentSignature(secret, shifted))).toBe(false);
  });

  it('of the first system refuses upper case, shorter and longer', () => {
    const hex = legacySignature('s', legacy);
    expect(verifyLegacySignature('s', legacy, hex)).toBe(true);
    for (const given of [hex.toUpperCase(), hex.slice(2), `${hex}00`, '']) expect(verifyLegacySignature('s', legacy, given)).toBe(false);
  });

  it('makes nonces of its form', () => {
    expect(isNonce(newNonce())).toBe(true);
    expect(isNonce(newNonce().slice(1))).toBe(false);
    expect(newNonce()).not.toBe(newNonce());
  });
});
