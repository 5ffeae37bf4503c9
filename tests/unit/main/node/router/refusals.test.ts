import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { CallOutcome } from '../../../../../src/main/node/router/index.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { connectRecorded, createRouterFixture, principalWith } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const publish = { method: 'events.publish', params: { topic: '/site/x', data: 1 } };

test('a refusal is counted each time, and logged and audited once in ten seconds with the count of the rest', async () => {
  const { router, audits, lines, registry } = createRouterFixture();
  router.register(createEventsService({ router }));
  const viewer = connectRecorded(router, { role: 'viewer' });
  for (let n = 0; n < 50; n++) viewer.request({ requestid: `r${n}`, ...publish });
  vi.advanceTimersByTime(11_000);
  viewer.request({ requestid: 'last', ...publish });
  expect(viewer.answerTo('last')).toMatchObject({ status: 'error', code: 'FORBIDDEN', executed: 'no' });
  expect(await registry.metrics()).toContain('signalbox_refused_total{code="FORBIDDEN",via="ws"} 51');
  const logged = lines.filter(({ event }) => event === 'router.refused');
  expect(logged.map(({ fields }) => fields?.heldBack)).toEqual([0, 49]);
  expect(logged[0]?.fields).toEqual({ user: 'viewer@test', via: 'ws', act: 'events.publish', code: 'FORBIDDEN', heldBack: 0 });
  expect(audits.map(({ outcome, code }) => [outcome, code])).toEqual(Array(2).fill(['refused', 'FORBIDDEN']));
});

test('a role that does not count now is refused with its reason, which is counted and audited as such', async () => {
  const { router, audits, registry } = createRouterFixture();
  router.register(createEventsService({ router }));
  const answered = new Promise<CallOutcome>((resolve) => {
    router.execute(
      { requestId: 'r1', timeoutMs: 1_000, idempotencyKey: undefined, lenient: false, ...publish },
      {
        principal: { ...principalWith('viewer', 'ada@far'), via: 'node' },
        clientId: 'node:far',
        withheld: new SignalboxError('STALE_MEMBERSHIP', 'Nothing was heard of an admin for too long.', { executed: 'no' }),
        answer: (_call, outcome) => resolve(outcome),
        progress: () => undefined,
        ended: () => undefined,
      },
    );
  });
  expect(await answered).toMatchObject({ ok: false, error: { code: 'STALE_MEMBERSHIP' } });
  expect(audits).toMatchObject([{ act: 'events.publish', outcome: 'refused', code: 'STALE_MEMBERSHIP', principal: { user: 'ada@far' } }]);
  expect(await registry.metrics()).toContain('signalbox_refused_total{code="STALE_MEMBERSHIP",via="node"} 1');
});

test('who never comes to a method is refused in the same place, and a door counts what it writes down itself', async () => {
  const { router, audits, registry } = createRouterFixture();
  const error = new SignalboxError('NOT_MEMBER', 'The node is no member.', { executed: 'no' });
  router.refused({ principal: { user: 'far', roles: [], via: 'node' }, act: 'message', target: 'here', error });
  router.countRefused('UNAUTHENTICATED', 'ws');
  expect(audits).toMatchObject([{ act: 'message', target: 'here', params: null, code: 'NOT_MEMBER' }]);
  const metrics = await registry.metrics();
  expect(metrics).toContain('signalbox_refused_total{code="NOT_MEMBER",via="node"} 1');
  expect(metrics).toContain('signalbox_refused_total{code="UNAUTHENTICATED",via="ws"} 1');
});
