import { expect, test } from 'vitest';
import { StateWriter } from '../../../../../../src/main/node/broker/engine/state-writer.ts';
import type { Applied, StateRow } from '../../../../../../src/main/node/broker/machine/types.ts';
import type { StateStore } from '../../../../../../src/main/node/broker/state/types.ts';

const applied = (index: number): Applied => ({ index, term: 1, results: [], deleted: [], segments: [], trims: [], rows: [] });
const at = (index: number) => ({ index, term: 1, checksum: 0 });

test('rows are those of the state right after the last entry of a batch', async () => {
  const batches: { readonly indexes: readonly number[]; readonly rows: readonly StateRow[]; readonly position: number }[] = [];
  const ends: (() => void)[] = [];
  let state = 0;
  const stored: number[] = [];
  const apply: StateStore['apply'] = (_groupId, batch, position) => {
    batches.push({ indexes: batch.map(({ index }) => index), rows: batch.flatMap(({ rows }) => rows), position: position.index });
    return new Promise((resolve) => ends.push(resolve));
  };
  const writer = new StateWriter({
    groupId: 'G-A',
    store: { apply } as StateStore,
    collectRows: () => [{ table: 'group', key: '', value: String(state) }],
    onStored: (index) => stored.push(index),
    onFailed: () => undefined,
  });
  const enter = (index: number) => {
    state = index;
    writer.add(applied(index), at(index));
  };
  enter(1);
  const drained = writer.drained();
  enter(2);
  enter(3);
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  ends[1]?.();
  await drained;
  expect(batches).toEqual([
    { indexes: [1], rows: [{ table: 'group', key: '', value: '1' }], position: 1 },
    { indexes: [2, 3], rows: [{ table: 'group', key: '', value: '3' }], position: 3 },
  ]);
  expect(stored).toEqual([1, 3]);
});
