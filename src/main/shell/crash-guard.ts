import type { BrowserWindow } from 'electron';
import type { Logger } from '../node/telemetry/index.ts';
import { showPage } from './window.ts';

/** A page that dies again within this time is not simply loaded again. */
const secondCrashMs = 60_000;

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
  #shown: string | undefined;

  constructor(options: CrashGuardOptions) {
    this.#options = options;
  }

  /** Why the crash page is shown; undefined when it is not. */
  get reason(): string | undefined {
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

  /** Shows the crash page with the reason. */
  async show(window: BrowserWindow, reason: string): Promise<void> {
    this.#shown = reason;
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
    else if (isSecond) await this.show(window, reason);
    else await this.#load(window, 'index');
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
