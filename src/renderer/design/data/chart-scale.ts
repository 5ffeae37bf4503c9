/** How far the axes of a chart reach. */

/** A tenth of room above and below; a value that never changes stands in the middle. */
export function fitted(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.1;
  return [low - room, high + room];
}

/**
 * A round number above the highest value, so that the axis does not move with every point.
 *
 * @param high highest value, or null when there is none
 */
export function niceCeiling(high: number | null): number {
  if (high === null || high <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(high));
  const steps = [1, 2, 2.5, 5, 10];
  return magnitude * (steps.find((step) => step * magnitude >= high * 1.05) ?? 10);
}

const binarySteps = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** The same for amounts in bytes, whose round numbers are powers of two. */
export function niceBinaryCeiling(high: number | null): number {
  if (high === null || high <= 0) return 1_024;
  const magnitude = 1_024 ** Math.max(1, Math.floor(Math.log(high) / Math.log(1_024)));
  return magnitude * (binarySteps.find((step) => step * magnitude >= high * 1.05) ?? 1_024);
}

/** Distances of the lines of a binary axis. */
export const binaryIncrements: readonly number[] = Array.from({ length: 44 }, (_, power) => 2 ** power);

/** Points with nothing on either side: a line alone would not show them. */
export function lonePoints(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = [];
  for (let index = 0; index < values.length; index++)
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null) lone.push(index);
  return lone;
}
