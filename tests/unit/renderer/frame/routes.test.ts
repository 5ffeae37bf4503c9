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

it('names an object of a view in the path, whatever letters it has, and one that is no escape as it stands', async () => {
  vi.resetModules();
  const place = { hash: '#/queues/line%2F7?tab=clients', replace: (hash: string) => Object.assign(place, { hash }) };
  vi.stubGlobal('location', place);
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const { goTo, goToPath, routeNow } = await import('../../../../src/renderer/app/routes.ts');
  expect([routeNow().view, routeNow().object, routeNow().query.get('tab')]).toEqual(['queues', 'line/7', 'clients']);
  goTo('queues', { from: 'first' }, { object: 'ä b', replace: true });
  expect(routeNow().object).toBe('ä b');
  goToPath('/queues/100%');
  expect(routeNow().object).toBe('100%');
  goTo('queues');
  expect(routeNow().object).toBeUndefined();
  vi.unstubAllGlobals();
});
