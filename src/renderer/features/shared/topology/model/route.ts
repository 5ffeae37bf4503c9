/** The way of a link: from the hub through the lanes of the lattice to a node, always entering it from above. */
import { nodeSize, type Point, pitch } from './lattice.ts';

const laneAbove = (pitch.y - nodeSize.height) / 2;
const cornerRadius = 5;

/**
 * Corners of the way from the hub to a node, both given by the top left corner. Nodes that stand in cells are never crossed:
 * horizontal parts run in the lanes between rows, the vertical part in the lane under the hub or beside its column.
 */
export function routeLink(hub: Point, node: Point): readonly Point[] {
  const startX = hub.x + nodeSize.width / 2;
  const endX = node.x + nodeSize.width / 2;
  const endLaneY = node.y - laneAbove;
  const below = node.y > hub.y;
  const startY = below ? hub.y + nodeSize.height : hub.y;
  const startLaneY = below ? startY + laneAbove : startY - laneAbove;
  const start = { x: startX, y: startY };
  const end = { x: endX, y: node.y };
  if (Math.abs(startLaneY - endLaneY) < 1) return simplify([start, { x: startX, y: endLaneY }, { x: endX, y: endLaneY }, end]);
  const trunkX = isOverLane(hub) ? startX : startX + pitch.x / 2;
  return simplify([
    start,
    { x: startX, y: startLaneY },
    { x: trunkX, y: startLaneY },
    { x: trunkX, y: endLaneY },
    { x: endX, y: endLaneY },
    end,
  ]);
}

/** How far links between others keep from the nodes they pass: less than the ways from the hub, so that none hides the other. */
const besideLane = 10;
/** From the middle of a node, and of the lane beside a column, for the same reason. */
const besideMiddle = 12;
const besideTrunk = 6;

/** Corners of the link between two nodes that are not the hub, both given by the top left corner: from below the upper one. */
export function routeBeside(a: Point, b: Point): readonly Point[] {
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a];
  const startX = upper.x + nodeSize.width / 2 + besideMiddle;
  const endX = lower.x + nodeSize.width / 2 + besideMiddle;
  const startY = upper.y + nodeSize.height;
  const laneY = startY + besideLane;
  const start = { x: startX, y: startY };
  if (same(upper.y, lower.y)) return [start, { x: startX, y: laneY }, { x: endX, y: laneY }, { x: endX, y: startY }];
  const trunkX = upper.x + nodeSize.width / 2 + pitch.x / 2 + besideTrunk;
  const endLaneY = lower.y - besideLane;
  return simplify([
    start,
    { x: startX, y: laneY },
    { x: trunkX, y: laneY },
    { x: trunkX, y: endLaneY },
    { x: endX, y: endLaneY },
    { x: endX, y: lower.y },
  ]);
}

/** The hub stands on half a column: what leaves its middle is in a lane. */
function isOverLane(hub: Point): boolean {
  return Math.round((hub.x / pitch.x) * 2) % 2 !== 0;
}

/** Without repeated points and those in the middle of a straight part. */
function simplify(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last !== undefined && same(last.x, point.x) && same(last.y, point.y)) continue;
    const before = kept.at(-2);
    if (last !== undefined && before !== undefined && isStraight(before, last, point)) kept.pop();
    kept.push(point);
  }
  return kept;
}

const same = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;

function isStraight(a: Point, b: Point, c: Point): boolean {
  return (same(a.x, b.x) && same(b.x, c.x)) || (same(a.y, b.y) && same(b.y, c.y));
}

/** The way as SVG path data, corners rounded. */
export function pathData(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let data = `M${first.x} ${first.y}`;
  let before = first;
  rest.forEach((corner, index) => {
    const after = rest[index + 1];
    if (after === undefined) data += `L${corner.x} ${corner.y}`;
    else {
      const from = towards(corner, before);
      const to = towards(corner, after);
      data += `L${from.x} ${from.y}Q${corner.x} ${corner.y} ${to.x} ${to.y}`;
    }
    before = corner;
  });
  return data;
}

/** A corner's end on the part that leads to `other`: the radius away, or half way on a short part. */
function towards(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const part = length === 0 ? 0 : Math.min(cornerRadius, length / 2) / length;
  return { x: corner.x + (other.x - corner.x) * part, y: corner.y + (other.y - corner.y) * part };
}
