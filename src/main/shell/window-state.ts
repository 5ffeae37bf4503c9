import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileDurably } from '../node/store/index.ts';
import type { Logger } from '../node/telemetry/index.ts';

const bounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1).max(32_767),
  height: z.number().int().min(1).max(32_767),
});
export type Bounds = z.infer<typeof bounds>;

const windowStateSchema = z.object({
  bounds: bounds.nullable(),
  maximized: z.boolean(),
  /** Chromium's zoom level: 0 is 100 %, each step 20 %. */
  zoomLevel: z.number().min(-8).max(9),
  theme: z.enum(['system', 'light', 'dark']),
});
export type SavedWindowState = z.infer<typeof windowStateSchema>;

const initialState: SavedWindowState = { bounds: null, maximized: false, zoomLevel: 0, theme: 'system' };

/** Waited after a change before it is written: dragging a window edge makes hundreds. */
const writeDelayMs = 400;

/** Where the window was, how large its text is and which theme it wears, kept across starts. */
export class WindowStateFile {
  readonly #file: string;
  readonly #logger: Logger;
  #state: SavedWindowState;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Reads the file. It holds nothing that anyone would miss, so an unreadable one is replaced at the next change. */
  constructor(file: string, logger: Logger) {
    this.#file = file;
    this.#logger = logger;
    this.#state = readState(file);
  }

  get current(): SavedWindowState {
    return this.#state;
  }

  update(change: Partial<SavedWindowState>): void {
    this.#state = { ...this.#state, ...change };
    this.#timer ??= setTimeout(() => void this.flush(), writeDelayMs);
  }

  /** Writes what was not written yet. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await writeFileDurably(this.#file, `${JSON.stringify(this.#state)}\n`);
    } catch (error) {
      this.#logger.warn('shell.window-state.not-written', 'The place of the window could not be saved.', { error: String(error) });
    }
  }
}

function readState(file: string): SavedWindowState {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return initialState;
  }
}

/**
 * The bounds to open with: those saved, when enough of the title bar is on a display that exists now to be dragged.
 *
 * @param saved as last time, or null at the first start
 * @param workAreas of the displays that are connected
 * @returns undefined when the system should place the window
 */
export function visibleBounds(
  saved: Bounds | null,
  workAreas: readonly Bounds[],
  minimum: { width: number; height: number },
): Bounds | undefined {
  if (saved === null) return undefined;
  const grabWidth = 120;
  const grabHeight = 40;
  for (const area of workAreas) {
    const visibleWidth = Math.min(saved.x + saved.width, area.x + area.width) - Math.max(saved.x, area.x);
    const isTitleVisible = saved.y >= area.y && saved.y + grabHeight <= area.y + area.height;
    if (visibleWidth < grabWidth || !isTitleVisible) continue;
    return {
      x: saved.x,
      y: saved.y,
      width: Math.max(minimum.width, Math.min(saved.width, area.width)),
      height: Math.max(minimum.height, Math.min(saved.height, area.height)),
    };
  }
  return undefined;
}
