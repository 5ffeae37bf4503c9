import { expect, it, vi } from 'vitest';
import { noFilter } from '../../../../src/renderer/features/ledger/model/ledger-filter.ts';

it('reads the address, and changes what is looked at without losing the rest', async () => {
  const place = { hash: '#/ledger/press-07?entry=12&act=queues.&result=failed', replace: (hash: string) => Object.assign(place, { hash }) };
  vi.stubGlobal('location', place);
  vi.stubGlobal('window', { addEventListener: () => undefined });
  const { ledgerRouteOf, showLedger } = await import('../../../../src/renderer/features/ledger/ledger-route.ts');
  const { routeNow } = await import('../../../../src/renderer/app/routes.ts');
  const now = () => ledgerRouteOf(routeNow());
  expect(now()).toEqual({
    tab: 'entries',
    chain: 'press-07',
    filter: { ...noFilter, act: 'queues.', outcome: 'failed' },
    chosen: undefined,
    entry: { chain: 'press-07', number: 12 },
    entryTab: 'entry',
  });
  showLedger({ entryTab: 'proof' });
  expect(place.hash).toBe('#/ledger/press-07?act=queues.&result=failed&entry=12&show=proof');
  showLedger({ chain: undefined, filter: noFilter });
  expect(place.hash).toBe('#/ledger?entry=12&of=press-07&show=proof');
  showLedger({ entry: undefined });
  expect([place.hash, now().entry]).toEqual(['#/ledger', undefined]);
  showLedger({ tab: 'chains', chosen: 'node-press' });
  expect([now().tab, now().chosen]).toEqual(['chains', 'node-press']);
  place.hash = '#/ledger?entry=0';
  expect(now().entry).toBeUndefined();
  place.hash = '#/ledger?entry=7';
  expect(now().entry).toEqual({ chain: undefined, number: 7 });
  vi.unstubAllGlobals();
});
