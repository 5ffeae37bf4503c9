/**
 * `npm run simulate [-- --seconds 60 --from 1000 | --seed N | --planted]`: the consensus core among simulated networks, disks and clocks. First
 * faults are planted, and each must be found; then come seeds that once found one; then new ones until the time is over. A seed that breaks a
 * rule is printed, and replays exactly.
 */
import { parseArgs } from 'node:util';
import { findPlanted } from './find.ts';
import { plantedScenarios } from './planted-scenarios.ts';
import { regressionSeeds } from './regression-seeds.ts';
import { Violation } from './violation.ts';
import { run } from './world.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    planted: { type: 'boolean', default: false },
  },
});
const failuresMax = 10;
const endsMs = performance.now() + Number(values.seconds) * 1_000;
const total = { seeds: 0, acknowledged: 0, reads: 0, takes: 0, elections: 0, entries: 0, longestUntilHealedMs: 0 };
let failed = 0;

function simulate(seed: number): void {
  try {
    const result = run({ seed });
    total.seeds++;
    total.acknowledged += result.acknowledged;
    total.reads += result.reads;
    total.takes += result.takes;
    total.elections += result.elections;
    total.entries += result.committed;
    total.longestUntilHealedMs = Math.max(total.longestUntilHealedMs, result.healedAfterMs);
    if (values.seed !== undefined) console.log(`seed ${seed}: ${result.troubles.join(', ') || 'no trouble'}`);
  } catch (error) {
    failed++;
    console.error(`seed ${seed}: ${error instanceof Violation ? error.message : String((error as Error).stack)}`);
  }
}

function findAllPlanted(): void {
  for (const scenario of plantedScenarios) {
    const found = findPlanted(scenario);
    if (found === undefined) failed++;
    console.log(
      found === undefined
        ? `planted ${scenario.fault}: NOT FOUND in ${scenario.seedsMax} seeds`
        : `planted ${scenario.fault}: found by seed ${found.seed} (${found.violation.message})`,
    );
  }
}

if (values.seed !== undefined) simulate(Number(values.seed));
else {
  findAllPlanted();
  if (!values.planted) {
    for (const seed of regressionSeeds.keys()) simulate(seed);
    for (let seed = Number(values.from); performance.now() < endsMs && failed < failuresMax; seed++) simulate(seed);
  }
}
const sums = Object.entries(total).map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`);
console.log(`${sums.join(', ')}: ${failed === 0 ? 'no rule broken' : `${failed} FAILED`}`);
process.exitCode = failed === 0 ? 0 : 1;
