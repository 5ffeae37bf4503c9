import type { BrowserWindow } from 'electron';
import type { CrashReport } from '../../preload/api.ts';
import type { Logger } from '../node/telemetry/index.ts';
import { showPage } from './window.ts';

/** A page that dies again within this time is not simply loaded again. */
const secondCrashMs = 60_000;

type Shown = Pick<CrashReport, 'what' | 'reason'>;

export interface CrashGuardOptions {
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** The crash page itself died: there is nothing left to show. */
  readonly giveUp: () => void;
}

/** Brings a window back whose page died: once by loading it again, then by a page that says so. */
export class CrashGuard {
  readonly #options: CrashGuardOptions;
  #lastCrashMs = Number.NEGATIVE_INFINITY;
  #shown: Shown | undefined;

  constructor(options: CrashGuardOptions) {
    this.#options = options;
  }

  /** What the crash page says; undefined when it is not shown. */
  get shown(): Shown | undefined {
    return this.#shown;
  }

  watch(window: BrowserWindow): void {
    const { logger } = this.#options;
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      logger.error('shell.window.crashed', 'The page of the window ended unexpectedly. The node goes on.', { reason, exitCode });
      void this.#recover(window, reason);
    });
    window.webContents.on('unresponsive', () => logger.warn('shell.window.unresponsive', 'The page of the window does not answer.'));
    window.webContents.on('responsive', () => logger.info('shell.window.responsive', 'The page of the window answers again.'));
  }

  /** Shows the crash page. */
  async show(window: BrowserWindow, shown: Shown): Promise<void> {
    this.#shown = shown;
    await this.#load(window, 'crash');
  }

  /** Back to the console. */
  async openAgain(window: BrowserWindow): Promise<void> {
    this.#shown = undefined;
    await this.#load(window, 'index');
  }

  async #recover(window: BrowserWindow, reason: string): Promise<void> {
    const nowMs = this.#options.nowMs();
    const isSecond = nowMs - this.#lastCrashMs < secondCrashMs;
    this.#lastCrashMs = nowMs;
    if (this.#shown !== undefined) this.#options.giveUp();
    else if (isSecond) {
      await this.show(window, {
        what: 'window',
        reason: `Its page ended twice within a minute (${reason}). The node goes on and has lost nothing.`,
      });
    } else await this.#load(window, 'index');
  }

  async #load(window: BrowserWindow, page: 'index' | 'crash'): Promise<void> {
    try {
      await showPage(window, page);
    } catch (error) {
      // A page that is replaced while it loads, or dies again at once: the event of the death decides what comes next.
      this.#options.logger.warn('shell.window.load-failed', 'A page of the window did not load.', { page, error: String(error) });
    }
  }
}
