import { existsSync } from 'node:fs';
import type { RunResult, SqlValue, Statement, Store } from '../../store/index.ts';

/** A file that is made, and whose thread runs, only when something is written: a node that keeps nothing in it pays nothing for it. */
export class OnDemandStore implements Store {
  readonly #file: string;
  readonly #create: () => Store;
  readonly #opened: (store: Store) => Promise<void>;
  #opening: Promise<Store> | undefined;
  #stopped = false;

  /**
   * @param file absolute path
   * @param create makes the store over that file; asked again after one that could not be opened
   * @param opened awaited after it was opened and before anything else uses it
   */
  constructor(file: string, create: () => Store, opened: (store: Store) => Promise<void>) {
    this.#file = file;
    this.#create = create;
    this.#opened = opened;
  }

  /** Opens the file when it is there. */
  async start(): Promise<void> {
    if (existsSync(this.#file)) await this.#open();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const store = await this.#opening?.catch(() => undefined);
    await store?.stop();
  }

  async all<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]> {
    const store = await this.#existing();
    return store === undefined ? [] : store.all<T>(sql, params);
  }

  async get<T>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined> {
    const store = await this.#existing();
    return store?.get<T>(sql, params);
  }

  async run(sql: string, params?: readonly SqlValue[]): Promise<RunResult> {
    const store = await this.#open();
    return store.run(sql, params);
  }

  async transaction(statements: readonly Statement[]): Promise<readonly RunResult[]> {
    const store = await this.#open();
    return store.transaction(statements);
  }

  #existing(): Promise<Store | undefined> {
    return this.#opening !== undefined || existsSync(this.#file) ? this.#open() : Promise.resolve(undefined);
  }

  /** One that failed is tried again by the next who asks: a full disk may have room by then. */
  #open(): Promise<Store> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#openNew();
    this.#opening = opening;
    opening.catch(() => {
      this.#opening = undefined;
    });
    return opening;
  }

  async #openNew(): Promise<Store> {
    const store = this.#create();
    // Stopped before: the store itself says so to whoever asks.
    if (this.#stopped) return store;
    try {
      await store.start();
      await this.#opened(store);
      return store;
    } catch (error) {
      await store.stop();
      throw error;
    }
  }
}
