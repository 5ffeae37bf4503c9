/** A process that writes settings without end and says how often it has, to be killed in the middle of it: `node settings-writer.ts FILE`. */
import { Config } from '../../src/main/node/config/index.ts';

const [file = ''] = process.argv.slice(2);
const config = await Config.load({ file });
for (let round = 0; ; round++) {
  // Two settings that belong together: a mix of two writes would show.
  await config.set({
    'logs.files': 1 + (round % 100),
    'http.allowedHosts': Array.from({ length: 32 }, () => `host-${round % 100}.example`),
  });
  process.send?.(round);
}
