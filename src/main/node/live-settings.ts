import type { Config, SettingKey } from './config/index.ts';
import type { Startable } from './startable.ts';
import type { Logs, Problems } from './telemetry/index.ts';

export interface LiveSettingsOptions {
  readonly config: Config;
  readonly logs: Logs;
  readonly problems: Problems;
}

/** Carries settings that take effect at once to the parts they concern, and names those that do not count. */
export class LiveSettings implements Startable {
  readonly #options: LiveSettingsOptions;
  #unwatch: (() => void) | undefined;

  constructor(options: LiveSettingsOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    const { config, logs, problems } = this.#options;
    this.#unwatch = config.onChange((changed) => this.#apply(changed));
    this.#apply(['logs.level']);
    // The logs may be older than this node and its settings: those of the desktop are.
    logs.setFileBounds({ maxFileBytes: config.get('logs.maxFileBytes'), files: config.get('logs.files') });
    logs.reportTo(problems);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#unwatch?.();
    return Promise.resolve();
  }

  #apply(changed: readonly SettingKey[]): void {
    const { config, logs } = this.#options;
    if (changed.includes('logs.level')) logs.setLevel('all', config.get('logs.level'));
    this.#nameIgnored();
  }

  #nameIgnored(): void {
    const { config, problems } = this.#options;
    const { ignored } = config;
    if (ignored.length === 0) {
      problems.clear('config.ignored');
      return;
    }
    problems.raise({
      id: 'config.ignored',
      severity: 'warn',
      title: ignored.length === 1 ? '1 setting in config.json is not used' : `${ignored.length} settings in config.json are not used`,
      detail: `${ignored.map(({ key, message }) => `${key}: ${message}`).join(' ')} The default holds instead. Correct or remove them.`,
      view: '/settings',
    });
  }
}
