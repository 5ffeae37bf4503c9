import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LedgerServiceOptions } from '../../../../../src/main/node/services/ledger.ts';
import { LedgerFeed } from '../../../../../src/main/node/services/ledger-feed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('what goes on while the node stops is told to nobody', async () => {
  const sync = { held: { onChange: () => () => undefined }, onBlocks: () => () => undefined };
  const feed = new LedgerFeed({ sync } as unknown as LedgerServiceOptions, {
    onDemand: (_topic, wanted) => {
      wanted(true);
      return () => undefined;
    },
    publish: () => expect.unreachable(),
  });
  await feed.start();
  feed.changed('verifying');
  expect(vi.getTimerCount()).toBe(1);
  await feed.stop();
  feed.changed('verifying');
  expect(vi.getTimerCount()).toBe(0);
});
