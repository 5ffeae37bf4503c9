import { app, type BrowserWindow, Menu, nativeTheme, safeStorage, session, shell } from 'electron';
import { SignalboxError, toErrorShape } from '../../common/errors.ts';
import type { CrashReport, DamageReport, DemoState, ThemeChoice, WindowState } from '../../preload/api.ts';
import { noticeChannels } from '../../preload/channels.ts';
import { DamagedFileError } from '../node/damaged-file-error.ts';
import type { SecretStore } from '../node/identity/index.ts';
import { backup } from '../node/rescue.ts';
import type { ProcessSample } from '../node/services/system.ts';
import type { Logger, Logs } from '../node/telemetry/index.ts';
import { serveApp } from './app-protocol.ts';
import { CrashGuard } from './crash-guard.ts';
import { DemoHost } from './demo-host.ts';
import { createExternalOpener } from './external-links.ts';
import { Ipc } from './ipc.ts';
import { createMenu } from './menu.ts';
import { NodeHost } from './node-host.ts';
import type { ShellPaths } from './paths.ts';
import { type RequestTarget, registerRequests } from './requests.ts';
import { describeDamage, resetConfirmed } from './rescue.ts';
import { desktopSecretStore } from './secrets.ts';
import { restrictContents, restrictSession } from './security.ts';
import { createMainWindow, showPage, themeGround, windowState, zoomBy } from './window.ts';
import { WindowStateFile } from './window-state.ts';

/** Time that stopping the node may take before the program ends all the same. */
const quitDeadlineMs = 8_000;

export interface DesktopOptions {
  readonly paths: ShellPaths;
  readonly logs: Logs;
  /** Development server of the console; undefined in a build. */
  readonly devServer: string | undefined;
  /** Console path that a link asked for at the start. */
  readonly view: string | undefined;
  /** Port of the console's HTTP listener for this start; undefined leaves it to the settings. */
  readonly port: number | undefined;
}

/** The desktop application: one window, the node behind it, and what holds them together. */
export class Desktop implements RequestTarget {
  readonly node: NodeHost;
  readonly #options: DesktopOptions;
  readonly #logger: Logger;
  readonly #state: WindowStateFile;
  readonly #crashes: CrashGuard;
  readonly #ipc: Ipc;
  readonly #demo: DemoHost;
  readonly #external = createExternalOpener(() => this.window);
  #window: BrowserWindow | undefined;
  #damage: DamagedFileError | undefined;
  #view: string | undefined;
  #stopping: Promise<void> | undefined;

  /** Call after Electron is ready. */
  static async create(options: DesktopOptions): Promise<Desktop> {
    return new Desktop(options, await desktopSecretStore(safeStorage));
  }

  private constructor(options: DesktopOptions, secrets: SecretStore | undefined) {
    const { paths, logs } = options;
    this.#options = options;
    this.#logger = logs.logger('shell');
    this.#view = options.view;
    this.#state = new WindowStateFile(paths.windowState, this.#logger);
    this.#crashes = new CrashGuard({ logger: this.#logger, nowMs: () => performance.now(), giveUp: () => void this.quit(1) });
    this.#ipc = new Ipc({
      isOurs: (id) => this.window?.webContents.id === id,
      logger: this.#logger,
      onRefused: ({ channel, code, message }) => this.node.recordRefusal(channel, code, message),
    });
    this.#demo = new DemoHost({ logger: this.#logger, onSwitch: () => void this.#showConsole() });
    this.node = new NodeHost({
      instead: () => this.#demo.guest,
      logger: this.#logger,
      onFailure: (error) => void this.#showFailure(error),
      node: {
        dataFolder: paths.dataFolder,
        mode: 'desktop',
        logs,
        consoleFolder: paths.pages,
        resourcesPath: process.resourcesPath,
        ...(secrets !== undefined && { secrets }),
        ...(options.port !== undefined && { overrides: { 'http.port': options.port } }),
        extraProcesses,
      },
    });
  }

  /** The window, while there is one. */
  get window(): BrowserWindow | undefined {
    return this.#window?.isDestroyed() === false ? this.#window : undefined;
  }

  /** Opens the window and starts the node, each without waiting for the other. */
  async start(): Promise<void> {
    const { paths, devServer } = this.#options;
    restrictContents(this.#logger);
    restrictSession(session.defaultSession, { devServer, logger: this.#logger });
    serveApp(session.defaultSession.protocol, { root: paths.pages, devServer, logger: this.#logger });
    registerRequests(this.#ipc, this);
    nativeTheme.themeSource = this.#state.current.theme;
    nativeTheme.on('updated', () => this.window?.setBackgroundColor(themeGround()));
    Menu.setApplicationMenu(this.#createMenu());
    this.openWindow();
    await this.node.start();
  }

  /** Opens the window, or brings it to the front. */
  openWindow(): void {
    const { window } = this;
    if (window) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return;
    }
    const { preload } = this.#options.paths;
    const opened = createMainWindow({ preload, version: app.getVersion(), state: this.#state });
    const { id } = opened.webContents;
    this.#window = opened;
    this.#crashes.watch(opened);
    opened.once('closed', () => {
      this.#ipc.forget(id);
      this.node.forget(id);
    });
    showPage(opened, this.#damage ? 'rescue' : 'index').catch((error: unknown) => {
      this.#logger.warn('shell.window.load-failed', 'The first page of the window did not load.', { error: String(error) });
    });
  }

  /** Shows a view that a link asked for; the page takes it when it is ready. */
  openView(path: string | undefined): void {
    this.openWindow();
    if (path === undefined) return;
    this.#view = path;
    this.window?.webContents.send(noticeChannels.openView, path);
  }

  /** The view that a link asked for before the page could listen; once. */
  takeView(): string | null {
    const view = this.#view ?? null;
    this.#view = undefined;
    return view;
  }

  setTheme(theme: ThemeChoice): void {
    nativeTheme.themeSource = theme;
    this.#state.update({ theme });
    this.window?.setBackgroundColor(themeGround());
  }

  openExternal(link: string): Promise<boolean> {
    return this.#external.open(link);
  }

  toggleMaximize(): void {
    if (this.window?.isMaximized()) this.window.unmaximize();
    else this.window?.maximize();
  }

  windowState(): WindowState | undefined {
    return this.window && windowState(this.window);
  }

  demoState(): DemoState {
    return this.#demo.state;
  }

  async startDemo(): Promise<void> {
    await this.#demo.start((await this.node.name()) ?? 'this-node');
  }

  async stopDemo(): Promise<void> {
    await this.#demo.stop();
  }

  describeDamage(): DamageReport {
    return describeDamage(this.#requireDamage(), this.#options.paths.dataFolder);
  }

  async backUp(): Promise<{ folder: string }> {
    this.#requireDamage();
    return { folder: await backup(this.#options.paths.dataFolder) };
  }

  async resetDamaged(confirmation: string): Promise<void> {
    const damage = this.#requireDamage();
    const aside = await resetConfirmed(damage, this.#options.paths.dataFolder, confirmation);
    this.#logger.warn('shell.rescue.reset', 'A damaged file was moved aside.', { file: damage.file, aside });
    this.#damage = undefined;
    await this.node.start();
    if (this.window && this.#damage === undefined && this.#crashes.shown === undefined) await showPage(this.window, 'index');
  }

  describeCrash(): CrashReport {
    const { shown } = this.#crashes;
    return { what: shown?.what ?? 'window', reason: shown?.reason ?? '', logFolder: this.#options.paths.logs };
  }

  /** From the crash page back to the console; a node that did not start is started again. */
  async openAgain(): Promise<void> {
    if (!this.node.isUp) await this.node.start();
    if (this.window && this.node.isUp) await this.#crashes.openAgain(this.window);
  }

  async openLogFolder(): Promise<void> {
    await shell.openPath(this.#options.paths.logs);
  }

  /** Ends the program: the node stops first, for as long as the deadline allows. */
  async quit(exitCode = 0): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
    app.exit(exitCode);
  }

  async #stop(): Promise<void> {
    // What the page keeps for itself is written some seconds later otherwise, and the end of the program is final.
    session.defaultSession.flushStorageData();
    const deadline = new Promise<void>((resolve) => {
      setTimeout(() => {
        this.#logger.error('shell.quit.deadline', `The node did not stop within ${quitDeadlineMs} ms.`);
        resolve();
      }, quitDeadlineMs).unref();
    });
    await Promise.race([Promise.allSettled([this.#demo.stop(), this.node.stop(), this.#state.flush()]), deadline]);
    await Promise.race([this.#options.logs.stop(), deadline]);
  }

  /** The console anew: nothing that it knew of one node is taken for another's. */
  async #showConsole(): Promise<void> {
    if (this.#stopping !== undefined || this.window === undefined) return;
    await showPage(this.window, 'index').catch((error: unknown) => {
      this.#logger.warn('shell.window.load-failed', 'The console did not load again.', { error: String(error) });
    });
  }

  async #showFailure(error: unknown): Promise<void> {
    const isDamaged = error instanceof DamagedFileError;
    const { code, message } = toErrorShape(error);
    const stack = error instanceof Error ? error.stack : String(error);
    this.#logger.error('shell.node.failed', message, { code, ...(!isDamaged && { stack }) });
    if (isDamaged) this.#damage = error;
    if (!this.window) return;
    if (isDamaged) await showPage(this.window, 'rescue').catch(() => undefined);
    else await this.#crashes.show(this.window, { what: 'node', reason: message });
  }

  #requireDamage(): DamagedFileError {
    if (!this.#damage) throw new SignalboxError('CONFLICT', 'No file of this node is damaged now.');
    return this.#damage;
  }

  #createMenu(): Menu {
    return createMenu({
      window: () => this.window,
      zoom: (steps) => this.window && zoomBy(this.window, this.#state, steps),
      openLogFolder: () => void this.openLogFolder(),
      developer: !app.isPackaged,
    });
  }
}

/** The processes of the window, for the node's own figures; the node counts the main process itself. */
function extraProcesses(): ProcessSample[] {
  return app
    .getAppMetrics()
    .filter(({ type }) => type !== 'Browser')
    .map(({ type, name, pid, cpu, memory, creationTime }) => ({
      kind: type === 'Tab' ? 'renderer' : type.toLowerCase(),
      name: name ?? type,
      pid,
      cpuPercent: cpu.percentCPUUsage,
      memoryBytes: memory.workingSetSize * 1024,
      eventLoopDelayP99Ms: null,
      uptimeMs: Date.now() - creationTime,
    }));
}
