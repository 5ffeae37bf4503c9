import { describe, expect, test } from 'vitest';
import { LinkStream } from '../../../../../../src/main/node/tunnel/link/stream.ts';
import { StreamTable } from '../../../../../../src/main/node/tunnel/link/stream-table.ts';

const streamOf = (id: string) => new LinkStream({} as never, id, 'http', 0, undefined);

describe('the table of streams', () => {
  test('finds what is in it and nothing else, also where ids share a place', () => {
    const table = new StreamTable();
    const ids = ['1000', '3048', '5096', '2', 'b7c4a0de-0000', 'zzzz-0000'];
    const streams = ids.map(streamOf);
    for (const stream of streams) table.add(stream);
    expect(table.size).toBe(ids.length);
    for (const stream of streams) expect(table.get(stream.id)).toBe(stream);
    expect(table.has('7144')).toBe(false);
    const [first, second, third] = streams as [LinkStream, LinkStream, LinkStream];
    table.delete(second);
    expect([table.get('1000'), table.get('3048'), table.get('5096')]).toEqual([first, undefined, third]);
    table.delete(second);
    expect(table.size).toBe(ids.length - 1);
    expect(new Set(table.all())).toEqual(new Set(streams.filter((stream) => stream !== second)));
    table.clear();
    expect([table.size, table.all(), table.get('1000')]).toEqual([0, [], undefined]);
  });

  test('leaves a stream that is gone without a pointer to the others', () => {
    const table = new StreamTable();
    const [older, newer] = [streamOf('1000'), streamOf('3048')];
    table.add(older);
    table.add(newer);
    expect(newer.nextInTable).toBe(older);
    table.delete(newer);
    expect(newer.nextInTable).toBeUndefined();
  });
});
