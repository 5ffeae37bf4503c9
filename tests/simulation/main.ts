/**
 * `npm run simulate [-- --seconds 60 --from 1 --seed N]`: the consensus core among simulated networks, disks and clocks, a seed at a time. A seed
 * that breaks a rule is printed, and replays exactly.
 */
import { parseArgs } from 'node:util';
import { type PlantedFault, plantedFaults } from './planted-faults.ts';
import { Violation } from './violation.ts';
import { run } from './world.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    planted: { type: 'string' },
  },
});
const planted = plantedFaults.find((fault): fault is PlantedFault => fault === values.planted);
const endsMs = performance.now() + Number(values.seconds) * 1_000;
const total = { runs: 0, acknowledged: 0, reads: 0, elections: 0, committed: 0 };
let healedAfterMs = 0;
let failed = 0;

/** True: the seed kept all rules. */
function simulate(seed: number): void {
  try {
    const result = run({ seed, ...(planted === undefined ? {} : { planted }) });
    total.runs++;
    total.acknowledged += result.acknowledged;
    total.reads += result.reads;
    total.elections += result.elections;
    total.committed += result.committed;
    healedAfterMs = Math.max(healedAfterMs, result.healedAfterMs);
    if (values.seed !== undefined) console.log(result);
  } catch (error) {
    failed++;
    console.error(`seed ${seed}: ${error instanceof Violation ? error.message : String((error as Error).stack)}`);
  }
}

if (values.seed !== undefined) simulate(Number(values.seed));
else for (let seed = Number(values.from); performance.now() < endsMs && failed < 10; seed++) simulate(seed);
console.log({ ...total, failed, longestUntilHealedMs: healedAfterMs });
process.exitCode = failed === 0 ? 0 : 1;
