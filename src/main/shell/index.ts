/** Starts the desktop application. Everything here happens before Electron is ready, where order matters. */
import { mkdirSync } from 'node:fs';
import { app, crashReporter } from 'electron';
import { z } from 'zod';
import { defaultDataFolder } from '../node/config/index.ts';
import { Logs } from '../node/telemetry/index.ts';
import { registerAppScheme } from './app-protocol.ts';
import { readDeepLink } from './deep-links.ts';
import { Desktop } from './desktop.ts';
import { shellPaths } from './paths.ts';
import { type DesktopArguments, linkScheme } from './start-arguments.ts';

/** What a second start hands to the first. */
const handOver = z.object({ link: z.string().max(4_096).nullable() });

/**
 * @param start as read from the arguments
 * @param outFolder of the build
 */
export async function startDesktop(start: DesktopArguments, outFolder: string): Promise<void> {
  const paths = shellPaths(start.dataFolder ?? defaultDataFolder(), outFolder);
  mkdirSync(paths.profile, { recursive: true, mode: 0o700 });
  app.setPath('userData', paths.profile);
  app.setPath('sessionData', paths.profile);
  app.setPath('crashDumps', paths.crashDumps);
  // With --no-sandbox, which root needs, it would leave every process unable to start. Windows ask for the sandbox themselves.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerAppScheme();
  crashReporter.start({ uploadToServer: false });

  const view = start.link === undefined ? undefined : readDeepLink(start.link);
  if (!app.requestSingleInstanceLock({ link: view === undefined ? null : (start.link ?? null) })) {
    process.stdout.write('Signalbox is already open with this data folder. Its window was brought to the front.\n');
    app.exit(0);
    return;
  }
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme.slice(0, -1));

  const logs = new Logs({ folder: paths.logs, level: 'info' });
  const logger = logs.logger('shell');
  let desktop: Desktop | undefined;
  const opened = app.whenReady().then(async () => {
    await logs.start();
    const devServer = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
    desktop = await Desktop.create({ paths, logs, devServer, view, port: start.port });
    return desktop;
  });
  const quit = async (exitCode: number) => {
    if (desktop) return await desktop.quit(exitCode);
    await logs.stop();
    app.exit(exitCode);
  };
  const fail = (event: string) => (error: unknown) => {
    logger.fatal(event, 'An unexpected fault ended Signalbox.', { error: error instanceof Error ? error.stack : String(error) });
    void quit(1);
  };
  process.on('uncaughtException', fail('shell.fault.exception'));
  process.on('unhandledRejection', fail('shell.fault.rejection'));
  process.on('SIGINT', () => app.quit());
  process.on('SIGTERM', () => app.quit());

  app.on('second-instance', (_event, _argv, _folder, data) => {
    const handed = handOver.safeParse(data);
    const asked = handed.success && handed.data.link !== null ? readDeepLink(handed.data.link) : undefined;
    void opened.then((running) => running.openView(asked));
  });
  // macOS hands links over by an event, and keeps a program without windows open.
  app.on('open-url', (event, url) => {
    event.preventDefault();
    void opened.then((running) => running.openView(readDeepLink(url)));
  });
  app.on('activate', () => void opened.then((running) => running.openWindow()));
  app.on('window-all-closed', () => process.platform !== 'darwin' && app.quit());
  app.on('before-quit', (event) => {
    event.preventDefault();
    void quit(0);
  });

  void opened.then((running) => running.start()).catch(fail('shell.fault.start'));
  logger.info('shell.start', 'Signalbox opens.', {
    version: app.getVersion(),
    electron: process.versions.electron,
    data: paths.dataFolder,
  });
}
