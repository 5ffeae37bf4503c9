import { expect, it } from 'vitest';
import { killNodeUnderLoad } from './node-kills.ts';
import { nothingBroken } from './write-load.ts';

it('five kills of a node under load: every call ends, and none takes effect twice', async () => {
  const report = await killNodeUnderLoad(5);
  expect(report.faults).toEqual(nothingBroken);
  expect(report.succeeded + report.refused + report.uncertain).toBe(report.requests);
  expect(report.effects).toBe(report.succeeded + report.uncertainButDone);
  expect(report.succeeded).toBeGreaterThanOrEqual(150);
});
