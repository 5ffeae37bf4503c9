import { join } from 'node:path';

/** The folders the shell uses, all inside the data folder, so that two data folders never meet. */
export interface ShellPaths {
  readonly dataFolder: string;
  /** Chromium's profile, the window's state and crash dumps. */
  readonly profile: string;
  readonly crashDumps: string;
  readonly windowState: string;
  readonly logs: string;
  /** Built pages. */
  readonly pages: string;
  readonly preload: string;
}

/**
 * @param dataFolder absolute
 * @param outFolder of the build: `out`, inside the archive when packaged
 */
export function shellPaths(dataFolder: string, outFolder: string): ShellPaths {
  const profile = join(dataFolder, 'desktop');
  return {
    dataFolder,
    profile,
    crashDumps: join(profile, 'crashes'),
    windowState: join(profile, 'window.json'),
    logs: join(dataFolder, 'logs'),
    pages: join(outFolder, 'renderer'),
    preload: join(outFolder, 'preload', 'index.cjs'),
  };
}
