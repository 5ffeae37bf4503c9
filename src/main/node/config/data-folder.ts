import envPaths from 'env-paths';

/** The platform's own application folder, used when no other data folder is named. */
export function defaultDataFolder(): string {
  return envPaths('signalbox', { suffix: '' }).data;
}
