import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Config } from '../../src/main/node/config/index.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const writer = join(import.meta.dirname, '../helpers/settings-writer.ts');
const rounds = 20;

test('kill -9 while settings are written leaves the old or the new settings, never a broken file', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'config.json');
  const seen = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    const child = fork(writer, [file], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const gone = once(child, 'exit');
    // A different write each time, and a different moment of it: on a machine with nothing else to do there are some hundred in a second.
    await new Promise<void>((resolve) => child.on('message', (written) => written === round % 5 && resolve()));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    child.kill('SIGKILL');
    await gone;

    const { values } = JSON.parse(await readFile(file, 'utf8')) as { values: Record<string, unknown> };
    const config = await Config.load({ file });
    expect(config.ignored).toEqual([]);
    if (values['logs.files'] !== undefined) {
      const number = config.get('logs.files');
      expect(new Set(config.get('http.allowedHosts'))).toEqual(new Set([`host-${number - 1}.example`]));
      seen.add(number);
    }
    expect(await readdir(folder)).toEqual(['config.json']);
  }
  expect(seen.size).toBeGreaterThan(1);
});
