import { expect, it, vi } from 'vitest';

it('reads the address, and changes what messages are looked at without losing the rest', async () => {
  const place = { hash: '#/queues/orders?from=88119&message=88121', replace: (hash: string) => Object.assign(place, { hash }) };
  vi.stubGlobal('location', place);
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const { queuesRouteOf, showFirst, showGroup, showMessages, showQueue } = await import(
    '../../../../src/renderer/features/queues/queues-route.ts'
  );
  const { routeNow } = await import('../../../../src/renderer/app/routes.ts');
  const now = () => queuesRouteOf(routeNow());
  expect(now()).toEqual({ queue: 'orders', tab: 'messages', group: undefined, from: '88119', filter: '', message: 88_121 });
  showMessages({ filter: 'value.line == 7', message: undefined });
  expect(place.hash).toBe('#/queues/orders?from=88119&filter=value.line+%3D%3D+7');
  showQueue('Q-XYZ78ORDER', 'clients');
  expect([now().queue, now().tab, now().filter]).toEqual(['Q-XYZ78ORDER', 'clients', '']);
  showGroup('G-XYZ78');
  expect([now().queue, now().group]).toEqual([undefined, 'G-XYZ78']);
  place.hash = '#/overview';
  showFirst({ queue: 'orders' });
  expect(place.hash).toBe('#/overview');
  place.hash = '#/queues?group=';
  showFirst({ group: 'G-XYZ78' });
  expect(now().group).toBe('G-XYZ78');
  place.hash = '#/queues/orders?tab=nonsense&message=-3';
  expect([now().tab, now().message]).toEqual(['messages', undefined]);
  vi.unstubAllGlobals();
});
