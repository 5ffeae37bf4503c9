import { expect, it } from 'vitest';
import { killBrokerUnderLoad } from './broker-kills.ts';
import { nothingBroken } from './write-load.ts';

it('a thousand kills of the broker under load', { timeout: 3_600_000 }, async () => {
  const report = await killBrokerUnderLoad(1_000);
  console.log(report);
  expect(report.faults).toEqual(nothingBroken);
  expect(report.succeeded + report.refused + report.uncertain).toBe(report.requests);
  expect(report.effects).toBe(report.succeeded + report.uncertainButDone);
});
