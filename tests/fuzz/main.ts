/**
 * `npm run fuzz [-- --seconds 60 --seed 1 --only envelope]`: hostile inputs for every decoder of trust, in turn, until the time is over.
 * The inputs of a seed are always the same; how far they go depends on the machine.
 */
import { parseArgs } from 'node:util';
import { decoders } from './decoders.ts';
import { fuzz } from './run.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const chosen = decoders.filter(({ name }) => name.includes(values.only));
const endsMs = performance.now() + Number(values.seconds) * 1_000;
const inputsAtOnce = 500;

let seed = Number(values.seed);
let inputs = 0;
let failed = chosen.length === 0;
while (!failed && performance.now() < endsMs) {
  for (const decoder of chosen) {
    const finding = fuzz(decoder, seed, inputsAtOnce);
    inputs += inputsAtOnce;
    if (finding === undefined) continue;
    failed = true;
    console.error(`${finding.decoder}, seed ${seed}: ${finding.fault}\n${finding.input}`);
  }
  seed++;
}
console.log(
  `${inputs.toLocaleString('en-US')} inputs for ${chosen.length} decoders, seeds ${values.seed} to ${seed - 1}: ${failed ? 'FAILED' : 'no finding'}`,
);
process.exitCode = failed ? 1 : 0;
