import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Logs } from '../../../../src/main/node/telemetry/index.ts';
import { visibleBounds, WindowStateFile } from '../../../../src/main/shell/window-state.ts';

const logger = new Logs({ level: 'fatal' }).logger('shell');
const minimum = { width: 760, height: 480 };
const left = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };

describe('visibleBounds', () => {
  it('puts the window back where it was, on whichever display', () => {
    const saved = { x: 2000, y: 100, width: 1200, height: 800 };
    expect(visibleBounds(saved, [left, right], minimum)).toEqual(saved);
  });

  it('lets the system place it when that display is gone', () => {
    expect(visibleBounds({ x: 2000, y: 100, width: 1200, height: 800 }, [left], minimum)).toBeUndefined();
  });

  it('lets the system place it when the title bar could not be dragged', () => {
    expect(visibleBounds({ x: 100, y: -300, width: 1200, height: 800 }, [left], minimum)).toBeUndefined();
    expect(visibleBounds({ x: 1850, y: 10, width: 1200, height: 800 }, [left], minimum)).toBeUndefined();
  });

  it('makes it no larger than the display and no smaller than the least', () => {
    expect(visibleBounds({ x: 0, y: 0, width: 5000, height: 10 }, [left], minimum)).toEqual({ x: 0, y: 0, width: 1920, height: 480 });
  });

  it('has nothing to say at the first start', () => {
    expect(visibleBounds(null, [left], minimum)).toBeUndefined();
  });
});

describe('WindowStateFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-window-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps what was changed across starts', async () => {
    const file = join(folder, 'desktop', 'window.json');
    const first = new WindowStateFile(file, logger);
    first.update({ theme: 'dark' });
    first.update({ zoomLevel: 1 });
    await first.flush();
    expect(new WindowStateFile(file, logger).current).toEqual({ bounds: null, maximized: false, zoomLevel: 1, theme: 'dark' });
  });

  it.each(['', '{', '{"theme":"pink"}', '[]', '{"bounds":{"x":1e9}}'])('starts anew from an unreadable file: %s', async (text) => {
    const file = join(folder, 'window.json');
    await writeFile(file, text);
    expect(new WindowStateFile(file, logger).current.theme).toBe('system');
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
