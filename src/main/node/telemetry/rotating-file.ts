import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { nodeLimits } from '../limits.ts';

type Destination = ReturnType<typeof pino.destination>;

export interface RotatingFileOptions {
  readonly folder: string;
  /** Name without extension: `node` gives `node.log`, `node.1.log`, … */
  readonly name: string;
  /** Size at which the file is put aside. */
  readonly maxFileBytes: number;
  /** How many files are kept, the current one included. */
  readonly files: number;
  /** The file cannot be written, or can be written again (undefined). */
  readonly onState: (error: Error | undefined) => void;
}

/** How large a file grows and how many are kept. */
export type FileBounds = Pick<RotatingFileOptions, 'maxFileBytes' | 'files'>;

/** An append-only text file written in the background, rotated by size. Lines wait in memory (bounded) until it is open. */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #destination: Destination | undefined;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #fileBytes = 0;
  #dropped = 0;
  #rotation: Promise<void> | undefined;
  #failing = false;
  #bounds: FileBounds;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#bounds = options;
  }

  /** Lines that could not be kept because the disk was too slow or refused. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Holds from the next line on. */
  setBounds(bounds: FileBounds): void {
    this.#bounds = bounds;
  }

  /** Never throws and never waits. */
  write(line: string): void {
    if (this.#destination !== undefined) this.#destination.write(line);
    else if (this.#waitingBytes + line.length <= nodeLimits.logFileQueueBytes) {
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
    } else this.#dropped++;
  }

  /** Opens the file. A folder that cannot be written is reported through `onState`; the node runs without a log file. */
  async open(): Promise<void> {
    try {
      await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
      this.#fileBytes = await stat(this.#path(0)).then(
        (found) => found.size,
        () => 0,
      );
      if (this.#fileBytes >= this.#bounds.maxFileBytes) {
        await this.#shift();
        this.#fileBytes = 0;
      }
      await this.#openDestination();
    } catch (error) {
      this.#setFailing(error as Error);
    }
  }

  /** Writes what waits and closes. */
  async close(): Promise<void> {
    await this.#rotation;
    const destination = this.#destination;
    if (destination === undefined) return;
    this.#destination = undefined;
    await new Promise<void>((resolve) => {
      destination.once('close', () => resolve());
      // A destination that is ended while its disk refuses never closes by itself.
      destination.on('error', () => {
        destination.destroy();
        resolve();
      });
      destination.end();
    });
  }

  #path(index: number): string {
    return join(this.#options.folder, index === 0 ? `${this.#options.name}.log` : `${this.#options.name}.${index}.log`);
  }

  async #openDestination(): Promise<void> {
    const destination = pino.destination({
      dest: this.#path(0),
      sync: false,
      mode: 0o600,
      maxLength: nodeLimits.logFileQueueBytes,
    });
    await new Promise<void>((resolve, reject) => {
      destination.once('ready', resolve);
      destination.once('error', reject);
    });
    destination.removeAllListeners('error');
    destination.on('error', (error: Error) => this.#setFailing(error));
    destination.on('drop', () => this.#dropped++);
    destination.on('write', (bytes: number) => this.#written(bytes));
    this.#destination = destination;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const line of waiting) destination.write(line);
  }

  #setFailing(error: Error): void {
    this.#failing = true;
    this.#options.onState(error);
  }

  #written(bytes: number): void {
    if (this.#failing) {
      this.#failing = false;
      this.#options.onState(undefined);
    }
    this.#fileBytes += bytes;
    if (this.#fileBytes < this.#bounds.maxFileBytes || this.#rotation !== undefined) return;
    this.#rotation = this.#rotate().finally(() => {
      this.#rotation = undefined;
    });
  }

  async #rotate(): Promise<void> {
    try {
      await this.#shift();
      // Lines written meanwhile still go to the renamed file: nothing is lost. They count for it, not for the new one.
      await this.#reopen();
      this.#fileBytes = 0;
    } catch (error) {
      this.#setFailing(error as Error);
    }
  }

  async #reopen(): Promise<void> {
    const destination = this.#destination;
    if (destination === undefined) return;
    await new Promise<void>((resolve) => {
      destination.once('ready', resolve);
      destination.once('error', () => resolve());
      destination.reopen();
    });
  }

  async #shift(): Promise<void> {
    const last = Math.max(0, this.#bounds.files - 1);
    if (last === 0) await rm(this.#path(0), { force: true });
    for (let index = last; index > 0; index--) {
      await rename(this.#path(index - 1), this.#path(index)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
}
