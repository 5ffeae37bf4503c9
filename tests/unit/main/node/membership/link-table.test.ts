import { describe, expect, test } from 'vitest';
import type { Link } from '../../../../../src/main/node/links/index.ts';
import { LinkTable } from '../../../../../src/main/node/membership/link-table.ts';

const lower = new Uint8Array(32).fill(1);
const higher = new Uint8Array(32).fill(2);

/** As much of a link as the table looks at. */
function linkTo(publicKey: Uint8Array, dialled: boolean, epoch = 1) {
  let closed: string | undefined;
  const link = {
    peer: { hello: { publicKey, epoch, instance: `start ${epoch}`, sinceMs: epoch } },
    dialled,
    get isOpen() {
      return closed === undefined;
    },
    close: ({ code }: { readonly code: string }) => {
      closed = code;
    },
  };
  return { link: link as unknown as Link, closed: () => closed };
}

describe('one link a pair', () => {
  test('both ends of two links that cross keep the one that the lower key dialled, whichever came first', () => {
    for (const isLowerFirst of [true, false]) {
      for (const self of [lower, higher]) {
        const other = self === lower ? higher : lower;
        const ofLower = linkTo(other, self === lower);
        const ofHigher = linkTo(other, self === higher);
        const table = new LinkTable(self);
        for (const { link } of isLowerFirst ? [ofLower, ofHigher] : [ofHigher, ofLower]) table.offer(link);
        expect(table.of(other)).toBe(ofLower.link);
        expect([ofLower.closed(), ofHigher.closed()]).toEqual([undefined, 'CONFLICT']);
      }
    }
  });

  test('a link of a later start, or of the same dialler, takes the place of the one before; an earlier start is refused', () => {
    const table = new LinkTable(lower);
    const first = linkTo(higher, true, 3);
    const afterRestart = linkTo(higher, false, 4);
    const again = linkTo(higher, false, 4);
    expect([first, afterRestart, again].map(({ link }) => table.offer(link))).toEqual(['kept', 'kept', 'kept']);
    expect([first, afterRestart, again].map(({ closed }) => closed())).toEqual(['SELF', 'CONFLICT', undefined]);
    // The earlier start lives: a copy of its data folder runs.
    const earlier = linkTo(higher, false, 3);
    expect([table.offer(earlier.link), earlier.closed()]).toEqual(['outlived', 'SELF']);
    expect(table.remove(first.link)).toBe(false);
    expect(table.remove(again.link)).toBe(true);
    expect(table.all()).toEqual([]);
  });
});
