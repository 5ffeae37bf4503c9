import { expect, it } from 'vitest';
import { killNodeUnderLoad } from './node-kills.ts';
import { nothingBroken } from './write-load.ts';

it('a hundred kills of a node under load', { timeout: 3_600_000 }, async () => {
  const report = await killNodeUnderLoad(100);
  console.log(report);
  expect(report.faults).toEqual(nothingBroken);
  expect(report.succeeded + report.refused + report.uncertain).toBe(report.requests);
  expect(report.effects).toBe(report.succeeded + report.uncertainButDone);
});
