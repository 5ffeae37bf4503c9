import { describe, expect, it } from 'vitest';
import type { LedgerFault } from '../../../../src/common/contract/ledger.ts';
import {
  chainTable,
  findChain,
  missingBlocks,
  standingOf,
  usualChainOrder,
} from '../../../../src/renderer/features/ledger/model/chain-table.ts';
import { orderRows } from '../../../../src/renderer/features/shared/table/table-model.ts';
import { chain } from './samples.ts';

const own = chain('eng-laptop', { self: true });
const behind = chain('kiln-02', { state: 'behind', announcedHeight: 20 });
const forked = chain('press-07', { state: 'forked' });
const fault: LedgerFault = {
  chainId: 'node-hub-01',
  height: 7,
  number: 8,
  fault: 'entryChanged',
  message: 'Entry 8 is not what was signed.',
  expected: 'aa',
  found: 'bb',
};
const damaged = chain('hub-01', { state: 'damaged', fault });

describe('the chains', () => {
  it('over their share, and begun on one word, stand below damage and forks', () => {
    const over = chain('zzz', { state: 'overShare' });
    const unconfirmed = chain('yyy', { state: 'unconfirmed' });
    const names = orderRows(chainTable, [chain('aaa'), unconfirmed, behind, over, damaged, forked], usualChainOrder).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['hub-01', 'press-07', 'zzz', 'kiln-02', 'yyy', 'aaa']);
  });

  it('stand with those first that need a person, then the own one', () => {
    const whole = chain('aaa');
    const names = orderRows(chainTable, [whole, own, behind, damaged, forked], usualChainOrder).map(({ name }) => name);
    expect(names).toEqual(['hub-01', 'press-07', 'kiln-02', 'eng-laptop', 'aaa']);
    expect(orderRows(chainTable, [own, behind], { column: 'name', descending: true })[0]).toBe(behind);
  });

  it('are found by id, by name, and without either the own one', () => {
    expect(findChain([own, forked], 'node-press-07')).toBe(forked);
    expect(findChain([own, forked], 'press-07')).toBe(forked);
    expect(findChain([forked, own], undefined)).toBe(own);
    expect(findChain([own], 'nobody')).toBeUndefined();
    expect([missingBlocks(behind), missingBlocks(chain('x', { announcedHeight: null }))]).toEqual([9, 0]);
  });

  it('tell the worst: damage, forks, copies that are behind, then how far is verified', () => {
    const fork = { chainId: forked.chainId, name: 'press-07', height: 5, seenAt: 0, blocks: [] };
    expect(standingOf([own, behind, damaged, forked], [fork])).toMatchObject({ kind: 'damaged', chain: damaged, more: 0 });
    expect(standingOf([own, behind, forked], [fork])).toMatchObject({ kind: 'forked', fork });
    expect(standingOf([own, behind, { ...behind, chainId: 'other' }], [])).toMatchObject({ kind: 'behind', more: 1 });
    expect(standingOf([own], [])?.kind).toBe('verified');
    expect(standingOf([{ ...own, verifiedHeight: 4 }], [])?.kind).toBe('partly');
    expect(standingOf([{ ...own, verifiedHeight: -1 }], [])?.kind).toBe('unverified');
    expect(standingOf([], [])).toBeUndefined();
  });
});
