/** What is begun and ended as settings want it. */
export interface SettingsSwitchOptions {
  /** Whether it is to run, asked each time. */
  readonly wanted: () => boolean;
  readonly begin: () => Promise<void>;
  /** Ends what runs, if anything does. */
  readonly end: () => Promise<void>;
  readonly onFailed: (error: unknown) => void;
}

/** Begins and ends something in turn: what is being ended is gone before the next begins. */
export class SettingsSwitch {
  readonly #options: SettingsSwitchOptions;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SettingsSwitchOptions) {
    this.#options = options;
  }

  /** Ends what runs, and begins it anew if it is wanted then. Does not wait. */
  turn(): void {
    const { wanted, begin, end, onFailed } = this.#options;
    this.#turn = this.#turn.then(async () => {
      try {
        await end();
        if (!this.#stopped && wanted()) await begin();
      } catch (error) {
        onFailed(error);
      }
    });
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turn;
    await this.#options.end();
  }
}
