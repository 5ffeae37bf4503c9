import { LRUCache } from 'lru-cache';
import { nodeLimits } from '../limits.ts';
import type { AuditRecord, AuditSink } from './types.ts';

interface Burst {
  readonly first: AuditRecord;
  sinceMs: number;
  heldBack: number;
  /** What all that is held back acted on; null: nothing, or not all on the same. Undefined: nothing is held back. */
  target: string | null | undefined;
  /** Runs only while something is held back. */
  timer: NodeJS.Timeout | undefined;
}

interface FoldedRecordsOptions {
  readonly sink: AuditSink;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** The detail of a closing line: how many were like `first`. */
  readonly closing: (first: AuditRecord, heldBack: number) => string;
}

/**
 * Writes bursts of like records as few lines: the first at once, those within 10 s of it as one closing line with their
 * count, and so on while the burst lasts (security.md section 6). No count is lost: what is held back when a burst is
 * forgotten for newer ones, or the node stops, is written then.
 */
export class FoldedRecords {
  readonly #options: FoldedRecordsOptions;
  readonly #bursts = new LRUCache<string, Burst>({
    max: nodeLimits.logRepeatKeys,
    dispose: (burst) => this.#close(burst),
  });

  constructor(options: FoldedRecordsOptions) {
    this.#options = options;
  }

  /**
   * @param key what makes records alike, for example user and method
   * @param target what it acts on; null: nothing that has a name
   * @param make called only for a record that is written
   */
  add(key: string, target: string | null, make: () => AuditRecord): void {
    const { sink, nowMs } = this.#options;
    const burst = this.#bursts.get(key);
    const sinceMs = burst === undefined ? Number.POSITIVE_INFINITY : nowMs() - burst.sinceMs;
    if (burst !== undefined && sinceMs >= 0 && sinceMs < nodeLimits.logRepeatIntervalMs) {
      this.#holdBack(burst, target);
      return;
    }
    if (burst !== undefined) this.#close(burst);
    const first = make();
    void sink.record(first);
    this.#bursts.set(key, { first, sinceMs: nowMs(), heldBack: 0, target: undefined, timer: undefined });
  }

  /** Writes every count that is held back. */
  flush(): void {
    for (const burst of this.#bursts.values()) this.#close(burst);
  }

  #holdBack(burst: Burst, target: string | null): void {
    burst.heldBack++;
    burst.target = burst.target === undefined || burst.target === target ? target : null;
    if (burst.timer !== undefined) return;
    const { logRepeatIntervalMs } = nodeLimits;
    // A clock that was set back must not make the line wait for longer.
    const leftMs = Math.min(logRepeatIntervalMs, burst.sinceMs + logRepeatIntervalMs - this.#options.nowMs());
    burst.timer = setTimeout(() => this.#close(burst), leftMs).unref();
  }

  /** Writes the closing line, if one is due; the next of the burst are held back from here on. */
  #close(burst: Burst): void {
    clearTimeout(burst.timer);
    burst.timer = undefined;
    const { first, heldBack, target = null } = burst;
    if (heldBack === 0) return;
    const { sink, nowMs, closing } = this.#options;
    burst.heldBack = 0;
    burst.target = undefined;
    burst.sinceMs = nowMs();
    // Params and duration belong to one act, not to many.
    void sink.record({ ...first, target, params: null, durationMs: null, detail: closing(first, heldBack) });
  }
}
