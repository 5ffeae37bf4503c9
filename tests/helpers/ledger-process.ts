/**
 * A process that acts without end, to be killed in the middle of it: `node ledger-process.ts FOLDER`. Sends its parent the name of each act
 * whose record is on the disk, as a node would answer it.
 */
import { join } from 'node:path';
import { openRecorder } from './recorder-fixture.ts';

const [folder = ''] = process.argv.slice(2);
const { audit } = await openRecorder(folder);
process.send?.('ready');
for (let round = 0; ; round++) {
  const acts = Array.from({ length: 1 + (round % 3) }, (_none, index) => `${process.pid}.${round}.${index}`);
  await Promise.all(
    acts.map(async (act) => {
      await audit.record({
        principal: { user: 'ada', roles: ['admin'], via: 'cli' },
        act,
        target: null,
        params: { file: join(folder, act) },
        outcome: 'done',
        code: null,
        detail: null,
        durationMs: 1,
      });
      process.send?.(act);
    }),
  );
}
