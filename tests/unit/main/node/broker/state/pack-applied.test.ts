import { describe, expect, test } from 'vitest';
import { packApplied } from '../../../../../../src/main/node/broker/state/pack-applied.ts';
import { applied, at, queueOne, queueTwo, segment } from '../../../../../helpers/state-store.ts';

const pack = (...entries: ReturnType<typeof applied>[]) => packApplied(entries, at(entries.length), undefined);
const firsts = ({ segments }: ReturnType<typeof pack>) => segments.map(({ queueId, firstSequence }) => [queueId, firstSequence]);

describe('entries packed as one', () => {
  test('keep what a queue was given in the entry that deleted its forerunner', () => {
    const packed = pack(
      applied(1, { segments: [segment(queueOne, 1, 5, 1)] }),
      applied(2, { deleted: [queueOne], segments: [segment(queueOne, 1, 2, 2)] }),
    );
    expect(packed.deleted).toEqual([queueOne]);
    expect(packed.segments).toMatchObject([{ queueId: queueOne, firstSequence: 1, count: 2 }]);
  });

  test('keep what a queue was given after the entry that deleted its forerunner, and forget the trims of that one', () => {
    const packed = pack(
      applied(1, { segments: [segment(queueOne, 1, 5, 1), segment(queueTwo, 8, 1, 1)], trims: [{ queueId: queueOne, upTo: 4 }] }),
      applied(2, { deleted: [queueOne] }),
      applied(3, { segments: [segment(queueOne, 1, 2, 3)] }),
      applied(4, { segments: [segment(queueOne, 3, 2, 4)], trims: [{ queueId: queueOne, upTo: 2 }] }),
    );
    expect(packed).toMatchObject({ deleted: [queueOne], trims: [{ queueId: queueOne, upTo: 2 }] });
    expect(firsts(packed)).toEqual([
      [queueTwo, 8],
      [queueOne, 3],
    ]);
  });

  test('tell a deletion once, however often a queue came and went', () => {
    const packed = pack(
      applied(1, { deleted: [queueOne], segments: [segment(queueOne, 1, 5, 1)] }),
      applied(2, { deleted: [queueOne], segments: [segment(queueOne, 1, 3, 1)] }),
      applied(3, { deleted: [queueOne] }),
    );
    expect(packed).toMatchObject({ deleted: [queueOne], segments: [], trims: [] });
  });
});
