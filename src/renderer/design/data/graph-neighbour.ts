/** Going through a graph by arrow keys. */
export type Direction = 'left' | 'right' | 'up' | 'down';

export const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** What is aside counts double: the box straight ahead is nearer than one that is a little closer but off the line. */
const asideWeight = 2;

/** The nearest box that lies in a direction; undefined at the edge. */
export function boxInDirection(boxes: readonly Place[], from: string, direction: Direction): string | undefined {
  const start = boxes.find(({ id }) => id === from);
  if (start === undefined) return undefined;
  let best: { readonly id: string; readonly distance: number } | undefined;
  for (const box of boxes) {
    const across = direction === 'left' || direction === 'right';
    const sign = direction === 'left' || direction === 'up' ? -1 : 1;
    const ahead = sign * (across ? box.x - start.x : box.y - start.y);
    const aside = Math.abs(across ? box.y - start.y : box.x - start.x);
    if (ahead <= 0 || aside > ahead * asideWeight) continue;
    const distance = ahead + aside * asideWeight;
    if (best === undefined || distance < best.distance) best = { id: box.id, distance };
  }
  return best?.id;
}
