import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Cell,
  cellAt,
  nearestFree,
  nodeSize,
  overlap,
  type Point,
  pointOf,
} from '../../../../src/renderer/features/shared/topology/model/lattice.ts';
import { type Cells, layOut } from '../../../../src/renderer/features/shared/topology/model/layout.ts';
import { pathData, routeBeside, routeLink } from '../../../../src/renderer/features/shared/topology/model/route.ts';

const nothingMoved: Cells = new Map();
const ids = (count: number) => Array.from({ length: count }, (_, index) => `node-${String(index).padStart(3, '0')}`);

/** Nodes whose inside a link crosses: none but the two it joins may touch it at all. */
function crossed(cells: Cells, hub: string): string[] {
  const found: string[] = [];
  const hubPoint = pointOf(cells.get(hub) as Cell);
  for (const [id, cell] of cells) {
    if (id === hub) continue;
    const way = routeLink(hubPoint, pointOf(cell));
    way.slice(1).forEach((to, index) => {
      const from = way[index] as Point;
      for (const [other, otherCell] of cells) if (enters(from, to, pointOf(otherCell))) found.push(`${id} behind ${other}`);
    });
  }
  return found;
}

/** Nodes that a link between two of the others passes behind. */
function crossedBetween(cells: Cells, hub: string): string[] {
  const others = [...cells].filter(([id]) => id !== hub);
  return others.flatMap(([id, from], index) =>
    others.slice(index + 1).flatMap(([toId, to]) => {
      const way = routeBeside(pointOf(from), pointOf(to));
      return way
        .slice(1)
        .flatMap((end, part) =>
          [...cells]
            .filter(([, cell]) => enters(way[part] as Point, end, pointOf(cell)))
            .map(([other]) => `${id} to ${toId} behind ${other}`),
        );
    }),
  );
}

function enters(from: Point, to: Point, corner: Point): boolean {
  return (
    Math.max(from.x, to.x) > corner.x &&
    Math.min(from.x, to.x) < corner.x + nodeSize.width &&
    Math.max(from.y, to.y) > corner.y &&
    Math.min(from.y, to.y) < corner.y + nodeSize.height
  );
}

function overlaps(cells: Cells): number {
  const all = [...cells.values()];
  return all.flatMap((a, index) => all.slice(index + 1).filter((b) => overlap(a, b))).length;
}

describe('the layout of the topology', () => {
  it('leads no link behind a node and lays no node over another, for 1 to 50 nodes', () => {
    for (let count = 0; count < 50; count++) {
      const cells = layOut({ members: ids(count), hub: 'hub', moved: nothingMoved });
      expect([count, cells.size, overlaps(cells), crossed(cells, 'hub')]).toEqual([count, count + 1, 0, []]);
    }
  });

  it('leads no link between two others behind a node either', () => {
    for (let count = 2; count < 16; count++) {
      expect([count, crossedBetween(layOut({ members: ids(count), hub: 'hub', moved: nothingMoved }), 'hub')]).toEqual([count, []]);
    }
  });

  it('leads a link between neighbours in a row below them, where no way from the hub hides it', () => {
    const [left, right] = [pointOf({ column: 0, row: 1 }), pointOf({ column: 1, row: 1 })];
    const hub = pointOf({ column: 0.5, row: 0 });
    const lanes = (way: readonly Point[]) => way.slice(1, -1).map(({ y }) => y);
    expect(lanes(routeBeside(left, right))).toEqual([left.y + nodeSize.height + 10, left.y + nodeSize.height + 10]);
    expect(lanes(routeLink(hub, right)).every((y) => y < right.y)).toBe(true);
  });

  it('does so wherever a person has put nodes and hub', () => {
    const cell = (columnStep: 0.5 | 1) =>
      fc
        .record({ x: fc.integer({ min: -900, max: 1500 }), y: fc.integer({ min: -400, max: 700 }) })
        .map((point) => cellAt(point, columnStep));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(cell(1), { maxLength: 12 }),
        fc.option(cell(0.5)),
        (count, places, hubPlace) => {
          const members = ids(count);
          const moved = new Map(places.slice(0, count).map((place, index) => [members[index] as string, place]));
          if (hubPlace !== null) moved.set('hub', hubPlace);
          const cells = layOut({ members, hub: 'hub', moved });
          expect([overlaps(cells), crossed(cells, 'hub')]).toEqual([0, []]);
        },
      ),
    );
  });

  it('is the same for the same nodes', () => {
    const input = { members: ids(17), hub: 'hub', moved: new Map([['node-003', { column: 6, row: 2 }]]) };
    expect([...layOut(input)]).toEqual([...layOut(input)]);
    expect(layOut(input).get('node-003')).toEqual({ column: 6, row: 2 });
  });

  it('keeps every node in its place when others join or leave', () => {
    const before = layOut({ members: ids(12), hub: 'hub', moved: nothingMoved });
    const joined = ['aaa', ...ids(12), 'zzz'];
    const after = layOut({ members: joined, hub: 'hub', moved: nothingMoved, before });
    for (const [id, cell] of before) expect([id, after.get(id)]).toEqual([id, cell]);
    expect([after.size, overlaps(after), crossed(after, 'hub')]).toEqual([15, 0, []]);
    const left = layOut({ members: ids(12).slice(3), hub: 'hub', moved: nothingMoved, before: after });
    for (const [id, cell] of left) expect([id, cell]).toEqual([id, after.get(id)]);
  });

  it('puts a node that is dropped on another one beside it', () => {
    expect(nearestFree({ column: 0, row: 1 }, [{ column: 0, row: 1 }])).toEqual({ column: 0, row: 0 });
    expect(nearestFree({ column: 2, row: 1 }, [{ column: 0, row: 1 }])).toEqual({ column: 2, row: 1 });
  });
});

it('a link is drawn with round corners', () => {
  expect(
    pathData([
      { x: 0, y: 0 },
      { x: 0, y: 20 },
      { x: 40, y: 20 },
    ]),
  ).toBe('M0 0L0 15Q0 20 5 20L40 20');
  expect(pathData([])).toBe('');
});
