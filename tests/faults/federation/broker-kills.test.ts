import { expect, it } from 'vitest';
import { killBrokerUnderLoad } from './broker-kills.ts';
import { nothingBroken } from './write-load.ts';

it('ten kills of the broker under load: every call ends, and none takes effect twice', async () => {
  const report = await killBrokerUnderLoad(10);
  expect(report.faults).toEqual(nothingBroken);
  expect(report.succeeded + report.refused + report.uncertain).toBe(report.requests);
  expect(report.effects).toBe(report.succeeded + report.uncertainButDone);
  expect(report.succeeded).toBeGreaterThanOrEqual(300);
});
