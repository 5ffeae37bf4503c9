import { runChecks } from '../checks/index.ts';
import type { Config } from '../config/index.ts';
import type { Federation } from '../federation/index.ts';
import type { Handlers } from '../router/types.ts';
import type { NodeServiceOptions } from './node.ts';

export interface ChecksServiceOptions {
  readonly config: Config;
  readonly federation: () => Federation;
  readonly listeners: NodeServiceOptions['listeners'];
  /** Name of the store that protects the key. */
  readonly keyStore: string;
  readonly dataFolder: string;
}

/** `system.checks`: what the first run of the console and `signalbox check` show. */
export function createChecksService(options: ChecksServiceOptions): Handlers<'system.checks'> {
  const { config, federation, listeners, keyStore, dataFolder } = options;
  return {
    'system.checks': async () => ({
      checks: [
        ...(await runChecks({
          listeners,
          links: () => ({ mode: config.get('links.mode'), host: config.get('links.host'), port: config.get('links.port') }),
          broker: () => brokerOf(options),
          offsets: () =>
            federation()
              .directory.online()
              .flatMap(({ name, clockOffsetMs }) => (clockOffsetMs === undefined ? [] : [{ name, clockOffsetMs }])),
          keyStore,
          dataFolder,
        })),
      ],
      checkedAt: Date.now(),
    }),
  };
}

function brokerOf({ config, federation, listeners }: ChecksServiceOptions) {
  const mode = config.get('federation.mode');
  if (mode === 'off') return { mode };
  if (mode === 'hub') {
    const hub = listeners().find(({ name }) => name === 'mqtt hub');
    const running = hub?.state === 'listening';
    return { mode, url: hub?.detail ?? '', fault: running ? null : (hub?.detail ?? 'It has not started.') };
  }
  const { state } = federation().link;
  return { mode, url: config.get('federation.brokerUrl'), state: state.kind, error: state.kind === 'waiting' ? state.error : null };
}
