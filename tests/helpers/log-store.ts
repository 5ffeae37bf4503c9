import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLogStore, type LogStore } from '../../src/main/node/broker/log/index.ts';

export * from './log-entries.ts';

/** What the store told the log of the node. */
export interface Told {
  readonly events: string[];
}

/** A store over real files and threads, closed when the test ends. */
export function logStore(folder: string): { readonly store: LogStore; readonly told: Told } {
  const told: Told = { events: [] };
  const note = (event: string) => void told.events.push(event);
  const logger = { trace: note, debug: note, info: note, warn: note, error: note, fatal: note };
  const store = createLogStore({
    folder,
    brokerId: 'B-OWN01',
    resourcesPath: undefined,
    logger,
  });
  onTestFinished(() => store.close().catch(() => undefined));
  return { store, told };
}

export function logFileOf(folder: string): string {
  return join(folder, 'log.db');
}
