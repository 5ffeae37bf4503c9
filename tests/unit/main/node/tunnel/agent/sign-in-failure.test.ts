import { describe, expect, test } from 'vitest';
import { gatewayUrl } from '../../../../../../src/main/node/tunnel/agent/sign-in.ts';
import { connectFailure, refusal, refusedUpgrade } from '../../../../../../src/main/node/tunnel/agent/sign-in-failure.ts';

const systemError = (code: string, message = code) => Object.assign(new Error(message), { code });

describe('Whether another try is of use', () => {
  test.each([
    [refusal('UNAUTHENTICATED', 'no', 0), 'seldom', undefined],
    [refusal('FORBIDDEN', 'The token is not for tunnels of kind tcp.', 0), 'seldom', undefined],
    [refusal('LIMIT', 'The gateway is full.', 7_000), 'soon', 7_000],
    [refusal('', '', 0), 'soon', undefined],
    [refusedUpgrade(503, '12'), 'soon', 12_000],
    [refusedUpgrade(429, '99999999'), 'soon', undefined],
    [refusedUpgrade(429, '86400'), 'soon', 600_000],
    [refusedUpgrade(502, undefined), 'soon', undefined],
    [refusedUpgrade(404, undefined), 'seldom', undefined],
    [connectFailure(systemError('ECONNREFUSED'), 'gw:1'), 'soon', undefined],
    [connectFailure(systemError('ENOTFOUND'), 'gw:1'), 'soon', undefined],
    [connectFailure(systemError('DEPTH_ZERO_SELF_SIGNED_CERT'), 'gw:1'), 'seldom', undefined],
    [connectFailure(systemError('CERT_HAS_EXPIRED'), 'gw:1'), 'seldom', undefined],
    [connectFailure(systemError('EPROTO'), 'gw:1'), 'seldom', undefined],
    [connectFailure(new Error('Server sent no subprotocol'), 'gw:1'), 'seldom', undefined],
  ])('%s', (failed, again, retryAfterMs) => {
    expect(failed.failure).toMatchObject({ again, retryAfterMs });
    expect(failed.message).toMatch(/[.]$/);
  });
});

describe('Where a gateway takes agents', () => {
  test.each([
    ['wss://gw.example', 'wss://gw.example/tunnel'],
    ['ws://127.0.0.1:8080/', 'ws://127.0.0.1:8080/tunnel'],
    ['wss://gw.example/behind/proxy?a=b#c', 'wss://gw.example/behind/proxy?a=b'],
  ])('%s means %s', (url, expected) => {
    expect(gatewayUrl({ url, legacy: false }).href).toBe(expected);
  });

  test.each(['https://gw.example', 'gw.example:8080', 'wss://ada:pass@gw.example', ''])('%j is refused', (url) => {
    expect(() => gatewayUrl({ url, legacy: false })).toThrow(/gateway/);
  });

  test.each(['ws://localhost:8080', 'ws://[::1]:8080', 'wss://gw.example'])('the first system may be signed in to at %s', (url) => {
    expect(gatewayUrl({ url, legacy: true }).href).toContain('/tunnel');
  });

  test.each(['ws://gw.example', 'ws://192.168.1.2:8080', 'ws://127.0.0.1.example'])('and not at %s', (url) => {
    expect(() => gatewayUrl({ url, legacy: true })).toThrow(/use wss/);
  });
});
