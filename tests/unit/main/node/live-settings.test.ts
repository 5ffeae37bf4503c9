import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Config } from '../../../../src/main/node/config/index.ts';
import { LiveSettings } from '../../../../src/main/node/live-settings.ts';
import { Logs, Problems } from '../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

/** Logs that run already, as those of the desktop do, and then the settings of a node. */
async function start(folder: string, overrides: Record<string, unknown> = {}): Promise<{ logs: Logs; problems: Problems; config: Config }> {
  const logs = new Logs({ folder: join(folder, 'logs'), level: 'info' });
  await logs.start();
  const config = await Config.load({ file: join(folder, 'config.json'), overrides });
  const problems = new Problems();
  const live = new LiveSettings({ config, logs, problems });
  await live.start();
  onTestFinished(async () => {
    await live.stop();
    await logs.stop();
  });
  return { logs, problems, config };
}

test('logs that are older than the node take its level, at the start and at a change', async () => {
  const { logs, config } = await start(await temporaryFolder(), { 'logs.maxFileBytes': 65_536 });
  logs.logger('a').debug('line', 'not wanted');
  await config.set({ 'logs.level': 'debug' });
  logs.logger('a').debug('line', 'wanted');
  expect(logs.tail({ name: 'a', lines: 10 }).entries.map(({ message }) => message)).toEqual(['wanted']);
});

test('logs that are older than the node are put aside at the size it sets', async () => {
  const folder = await temporaryFolder();
  const { logs } = await start(folder, { 'logs.maxFileBytes': 65_536, 'logs.files': 2 });
  for (let line = 0; line < 40; line++) logs.logger('a').info('line', 'x'.repeat(2_000));
  await expect.poll(() => readdir(join(folder, 'logs'))).toContain('node.1.log');
});

test('what was wrong with older logs is a problem of the node', async () => {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'logs'), 'a file where a folder should be');
  const { problems } = await start(folder);
  expect(problems.list().map(({ id }) => id)).toEqual(['logs.notWritten']);
});
