import { expect, it, vi } from 'vitest';

it('knows a new address before the browser tells of it, and is the same object while it stays', async () => {
  const place = { hash: '#/events?topic=%2Fstats' };
  vi.stubGlobal('location', place);
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const { routeNow } = await import('../../../../src/renderer/app/routes.ts');
  const first = routeNow();
  expect([first.view, first.query.get('topic')]).toEqual(['events', '/stats']);
  expect(routeNow()).toBe(first);
  place.hash = '#/settings';
  expect(routeNow().view).toBe('settings');
  vi.unstubAllGlobals();
});
