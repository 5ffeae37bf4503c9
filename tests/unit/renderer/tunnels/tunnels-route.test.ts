import { expect, it, vi } from 'vitest';

it('reads the address, and changes which request is looked at without losing the rest', async () => {
  const place = { hash: '#/tunnels/TU-AB12CD34?filter=status%3E%3D400', replace: (hash: string) => Object.assign(place, { hash }) };
  vi.stubGlobal('location', place);
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const { showFirstTunnel, showGateway, showRequests, showTunnel, tunnelsRouteOf } = await import(
    '../../../../src/renderer/features/tunnels/tunnels-route.ts'
  );
  const { routeNow } = await import('../../../../src/renderer/app/routes.ts');
  const now = () => tunnelsRouteOf(routeNow());
  expect(now()).toEqual({
    tunnel: 'TU-AB12CD34',
    filter: 'status>=400',
    request: undefined,
    requestTab: 'response',
    gateway: undefined,
    part: 'routes',
  });
  showRequests({ request: 'R-7', requestTab: 'raw' });
  expect(place.hash).toBe('#/tunnels/TU-AB12CD34?filter=status%3E%3D400&request=R-7&show=raw');
  showGateway('node-g', 'tokens');
  expect([now().gateway, now().part, now().tunnel]).toEqual(['node-g', 'tokens', undefined]);
  showFirstTunnel('TU-AB12CD34');
  expect(now().gateway).toBe('node-g');
  showTunnel();
  showFirstTunnel('TU-AB12CD34');
  expect(now().tunnel).toBe('TU-AB12CD34');
  place.hash = '#/overview';
  showFirstTunnel('TU-AB12CD34');
  expect(place.hash).toBe('#/overview');
  vi.unstubAllGlobals();
});
