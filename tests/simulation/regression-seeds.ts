/**
 * Seeds that once found a fault, with what it was. A seed is the same run only as long as the simulation draws its chances in the same order, so
 * what it found is held by a unit test of its own as well.
 */
export const regressionSeeds: ReadonlyMap<number, string> = new Map([
  [699, 'a leader that removed itself stepped down before anybody had that entry, and nobody could be elected'],
  [816, 'the same among three, after another removal'],
  [1330, 'the same with two voters and a restart'],
]);
