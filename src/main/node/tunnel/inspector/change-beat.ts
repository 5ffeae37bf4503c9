import type { TunnelRequest } from '../../../../common/contract/tunnels.ts';
import { inspectorLimits } from './limits.ts';
import { lineOf, type RequestRecord } from './request-record.ts';

/** Takes request lines, oldest revision first. `leftOut`: how many more changed since the last time than are told at once. */
export type LineListener = (lines: TunnelRequest[], leftOut: number) => void;

/** Tells of changed requests in batches: once in a while, and only while somebody wants to know. */
export class ChangeBeat {
  readonly #publish: LineListener;
  readonly #wakers = new Set<() => void>();
  #listening: ReadonlySet<string> = new Set();
  #changed = new Set<RequestRecord>();
  #leftOut = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(publish: LineListener) {
    this.#publish = publish;
  }

  /** Agent ids whose lines are published; of others nothing is. */
  setListening(agentIds: readonly string[]): void {
    this.#listening = new Set(agentIds);
  }

  get waiting(): number {
    return this.#wakers.size;
  }

  /** Calls `wake` once at the next beat on which something has changed. @returns stops waiting */
  onChange(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  changed(record: RequestRecord): void {
    const told = this.#listening.has(record.tunnel.agentId);
    if (told) this.#remember(record);
    if (told || this.#wakers.size > 0) this.#timer ??= setTimeout(() => this.#tell(), inspectorLimits.tellEveryMs);
  }

  /** Tells what is still untold, and lets go of who waits. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#tell();
  }

  /** The newest changes; a request that changed twice is told as it is now. */
  #remember(record: RequestRecord): void {
    this.#changed.delete(record);
    this.#changed.add(record);
    if (this.#changed.size <= inspectorLimits.linesAtOnce) return;
    const [oldest] = this.#changed;
    if (oldest !== undefined) this.#changed.delete(oldest);
    this.#leftOut++;
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#changed.size > 0) {
      const changed = this.#changed;
      this.#changed = new Set();
      const leftOut = this.#leftOut;
      this.#leftOut = 0;
      this.#publish([...changed].map(lineOf), leftOut);
    }
    this.#wake();
  }

  #wake(): void {
    const wakers = [...this.#wakers];
    this.#wakers.clear();
    for (const wake of wakers) wake();
  }
}
