import { describe, expect, it } from 'vitest';
import type { TunnelRequestDetail } from '../../../../src/common/contract/tunnels.ts';
import { rawMessage, redactedNames } from '../../../../src/renderer/features/tunnels/model/exchange.ts';
import { bodyIsEditable, readReplay, replayFormOf } from '../../../../src/renderer/features/tunnels/model/replay-form.ts';
import { mostRequests, RequestRing } from '../../../../src/renderer/features/tunnels/model/request-ring.ts';
import { isSafe, noReplayReason, toneOf } from '../../../../src/renderer/features/tunnels/model/request-words.ts';
import { timingBars } from '../../../../src/renderer/features/tunnels/model/timing.ts';
import { now, request } from './samples.ts';

const detail = (changes: Partial<TunnelRequestDetail> = {}): TunnelRequestDetail => ({
  ...request('R-1', { method: 'POST', path: '/api/orders?line=7' }),
  capture: 'bodies',
  requestHeaders: [
    ['Content-Type', 'application/json'],
    ['Authorization', '[redacted]'],
  ],
  responseHeaders: [],
  redacted: ['authorization'],
  requestBody: { base64: btoa('{"a":1}'), sizeBytes: 7, truncated: false },
  responseBody: null,
  timings: { tunnelInMs: 4, toAgentMs: 6, waitMs: 80, replyMs: 10 },
  ...changes,
});

describe('the list of live requests', () => {
  it('holds each once with its newest state, the newest first', () => {
    const ring = new RequestRing();
    ring.take([request('R-1', { open: true, status: null }), request('R-2', { at: now + 1, revision: 2 })]);
    expect(ring.take([request('R-1', { revision: 3 })])).toBe(true);
    expect(ring.take([request('R-1', { revision: 2, status: 500 })])).toBe(false);
    expect(ring.rows().map(({ requestId, status }) => [requestId, status])).toEqual([
      ['R-2', 200],
      ['R-1', 200],
    ]);
  });

  it('shows nothing new while it is held, and what is there goes on', () => {
    const ring = new RequestRing();
    ring.take([request('R-1', { open: true })]);
    const held = ring.arrivals;
    ring.take([request('R-2', { revision: 2 }), request('R-1', { revision: 3, open: false })]);
    expect(ring.rows(held).map(({ requestId, open }) => [requestId, open])).toEqual([['R-1', false]]);
    expect(ring.arrivals - held).toBe(1);
  });

  it('is bounded, and counts what has left', () => {
    const ring = new RequestRing();
    ring.take(Array.from({ length: mostRequests + 20 }, (_, index) => request(`R-${index}`, { at: now + index })));
    expect(ring.rows()).toHaveLength(mostRequests);
    expect(ring.left).toBe(20);
    expect(ring.rows().at(-1)?.requestId).toBe('R-20');
    ring.clear();
    expect([ring.rows().length, ring.left, ring.arrivals]).toEqual([0, 0, 0]);
  });
});

describe('one request', () => {
  it('tells what failed from what was refused and what goes on', () => {
    expect(toneOf(request('R-1', { status: 500 }))).toBe('failed');
    expect(toneOf(request('R-1', { status: null, error: 'nothing listens' }))).toBe('failed');
    expect(toneOf(request('R-1', { status: 404 }))).toBe('refused');
    expect(toneOf(request('R-1', { status: null, open: true }))).toBe('open');
    expect(toneOf(request('R-1'))).toBe('plain');
  });

  it('asks before anything but a reading method is replayed, and replays no raw connection', () => {
    expect(['GET', 'head', 'POST', 'DELETE'].map(isSafe)).toEqual([true, true, false, false]);
    expect((['http', 'tcp', 'websocket'] as const).map((kind) => noReplayReason({ kind }))).toEqual([
      undefined,
      'noReplay_tcp',
      'noReplay_websocket',
    ]);
  });

  it('puts the parts of its time beside one another', () => {
    expect(timingBars(detail().timings)).toEqual([
      { part: 'tunnelIn', ms: 4, start: 0, share: 0.04, longest: false },
      { part: 'toAgent', ms: 6, start: 0.04, share: 0.06, longest: false },
      { part: 'wait', ms: 80, start: 0.1, share: 0.8, longest: true },
      { part: 'reply', ms: 10, start: 0.9, share: 0.1, longest: false },
    ]);
    expect(timingBars({ tunnelInMs: null, toAgentMs: null, waitMs: null, replyMs: null }).every(({ share }) => share === 0)).toBe(true);
  });

  it('is written as HTTP writes it', () => {
    const { requestHeaders, requestBody } = detail();
    const text = rawMessage('POST /api/orders HTTP/1.1', requestHeaders, requestBody, String);
    expect(text).toBe('POST /api/orders HTTP/1.1\nContent-Type: application/json\nAuthorization: [redacted]\n\n{"a":1}');
    expect(redactedNames({ redacted: ['Set-Cookie'] }).has('set-cookie')).toBe(true);
  });
});

describe('a request that is written anew', () => {
  it('sends only what was changed', () => {
    const before = detail();
    const form = replayFormOf(before);
    expect(readReplay(before, form)).toEqual({ params: { requestId: 'R-1' } });
    const changed = readReplay(before, { ...form, method: 'PUT', body: '{"a":2}', headers: 'X-Test: ü' });
    expect(changed).toEqual({
      params: { requestId: 'R-1', method: 'PUT', headers: [['X-Test', 'ü']], bodyBase64: btoa('{"a":2}') },
    });
  });

  it('says which field cannot be read', () => {
    const before = detail();
    expect(readReplay(before, { method: 'no method', path: 'api', headers: 'nothing', body: '' })).toEqual({
      wrong: ['method', 'path', 'headers'],
    });
  });

  it('leaves a body alone that is no text or not whole', () => {
    expect(bodyIsEditable(detail())).toBe(true);
    expect(bodyIsEditable(detail({ requestBody: { base64: btoa('{"a"'), sizeBytes: 90, truncated: true } }))).toBe(false);
    expect(bodyIsEditable(detail({ requestBody: { base64: 'AAEC', sizeBytes: 3, truncated: false }, requestHeaders: [] }))).toBe(false);
    expect(bodyIsEditable(detail({ requestBody: null }))).toBe(true);
  });
});
