import envPaths from 'env-paths';

/** The platform's own application folder, used when no other data folder is named. */
export function defaultDataFolder(): string {
  return envPaths('signalbox', { suffix: '' }).data;
}

/** Where the command line keeps what it knows of other nodes; no node's data. */
export function clientFolder(): string {
  return envPaths('signalbox', { suffix: '' }).config;
}
