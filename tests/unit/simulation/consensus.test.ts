import { expect, test } from 'vitest';
import { findPlanted } from '../../simulation/find.ts';
import { plantedScenarios } from '../../simulation/planted-scenarios.ts';
import { regressionSeeds } from '../../simulation/regression-seeds.ts';
import { run } from '../../simulation/world.ts';

// `npm run simulate` runs as many more as there is time for.
test.each([...Array.from({ length: 10 }, (_, at) => at + 1), ...regressionSeeds.keys()])('seed %d breaks no rule', (seed) => {
  expect(run({ seed }).acknowledged).toBeGreaterThan(0);
});

test('a seed replays exactly', () => {
  expect(run({ seed: 5 })).toEqual(run({ seed: 5 }));
});

test.each(plantedScenarios.filter(({ seedsMax }) => seedsMax <= 300))('the planted fault $fault is found', (scenario) => {
  expect(findPlanted(scenario)?.violation.rule).toBeTypeOf('string');
});
