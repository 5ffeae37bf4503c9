/**
 * Electron's entry. The installed program is both the desktop application and the command line: as the latter it does its
 * work here, before Chromium starts, and so needs no display and opens no window.
 */
import { join } from 'node:path';
import { app } from 'electron';
import { cliCommands, runCli } from './cli/run.ts';
import { readStartArguments } from './shell/start-arguments.ts';

const start = readStartArguments({
  argv: process.argv,
  appPath: process.defaultApp ? app.getAppPath() : undefined,
  commands: cliCommands,
});
if (start.kind === 'cli') {
  process.exit(await runCli(start.argv));
} else {
  const { startDesktop } = await import('./shell/index.ts');
  await startDesktop(start, join(import.meta.dirname, '..'));
}
