import { join } from 'node:path';
import pino from 'pino';
import { type LogEntry, type LogLevel, logLevels } from '../../../common/contract/logs.ts';
import { harmlessJson } from '../../../common/steering-text.ts';
import { nodeLimits } from '../limits.ts';
import type { Startable } from '../startable.ts';
import { LogRing } from './log-ring.ts';
import type { ProblemReport, Problems } from './problems.ts';
import { redactFields, redactText } from './redact.ts';
import { type FileBounds, RotatingFile } from './rotating-file.ts';
import type { Logger } from './types.ts';

export interface LogsOptions {
  /** Folder of `node.log`; without it lines stay in memory. */
  readonly folder?: string;
  /** Level of every log that has none of its own. */
  readonly level: LogLevel;
  readonly nowMs?: () => number;
  /** Size at which the log file is put aside. */
  readonly maxFileBytes?: number;
  /** Log files kept. */
  readonly files?: number;
  /** Told when the log file cannot be written. */
  readonly problems?: Problems;
}

interface NamedLog {
  readonly name: string;
  readonly logger: Logger;
  readonly ring: LogRing;
  readonly sink: pino.Logger;
  level: LogLevel;
}

const rank = (level: LogLevel): number => logLevels.indexOf(level);

/** All logs of a node: JSON lines in a rotated file, the last lines of each log in memory, and a live feed. */
export class Logs implements Startable {
  readonly #nowMs: () => number;
  readonly #logs = new Map<string, NamedLog>();
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #file: RotatingFile | undefined;
  readonly #root: pino.Logger;
  #level: LogLevel;
  #problems: Problems | undefined;
  #fileProblem: ProblemReport | undefined;

  constructor(options: LogsOptions) {
    this.#nowMs = options.nowMs ?? Date.now;
    this.#level = options.level;
    this.#problems = options.problems;
    this.#file = options.folder === undefined ? undefined : this.#fileIn(options.folder, options);
    const file = this.#file;
    this.#root = pino(
      // Level and time are decided here, once for file, ring and live feed; pino writes what it is given.
      { level: 'trace', base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
      // Somebody reads the file in a terminal.
      { write: (line: string) => file?.write(harmlessJson(line)) },
    );
  }

  async start(): Promise<void> {
    await this.#file?.open();
  }

  async stop(): Promise<void> {
    await this.#file?.close();
  }

  /** Logs may be older than the node whose problems they are told to: what is wrong with the file is told at once. */
  reportTo(problems: Problems): void {
    this.#problems = problems;
    if (this.#fileProblem !== undefined) problems.raise(this.#fileProblem);
  }

  /** Changes when files are put aside and how many are kept. */
  setFileBounds(bounds: FileBounds): void {
    this.#file?.setBounds(bounds);
  }

  /** Lines that did not get into the file, because the disk was too slow or refused. */
  get droppedLines(): number {
    return this.#file?.dropped ?? 0;
  }

  /** The log of that name, made on first use. */
  logger(name: string): Logger {
    return this.#named(name).logger;
  }

  /** Every log with its level and the number of lines it keeps. */
  list(): { name: string; level: LogLevel; lines: number }[] {
    return [...this.#logs.values()]
      .map(({ name, level, ring }) => ({ name, level, lines: ring.size }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** True for a log of {@link list}. */
  has(name: string): boolean {
    return this.#logs.has(name);
  }

  /**
   * The newest lines, newest last.
   *
   * @param query `name` of a log or `all`; `lines` at most; `level` and above
   * @returns the entries, and how many lines of those logs are no longer kept
   */
  tail(query: { readonly name: string; readonly lines: number; readonly level?: LogLevel | undefined }): {
    entries: LogEntry[];
    dropped: number;
  } {
    const lowest = query.level === undefined ? 0 : rank(query.level);
    const wanted = (entry: LogEntry) => rank(entry.level) >= lowest;
    const logs = query.name === 'all' ? [...this.#logs.values()] : [...this.#logs.values()].filter((log) => log.name === query.name);
    const entries = logs.flatMap((log) => log.ring.tail(query.lines, wanted));
    // Stable sort: lines of one log and one millisecond keep their order.
    if (logs.length > 1) entries.sort((a, b) => a.timestamp - b.timestamp);
    return { entries: entries.slice(-query.lines), dropped: logs.reduce((sum, log) => sum + log.ring.dropped, 0) };
  }

  /**
   * Changes how much a log says.
   *
   * @param name a log, or `all` (logs made later follow too)
   * @returns names of the logs whose level changed
   */
  setLevel(name: string, level: LogLevel): string[] {
    if (name === 'all') this.#level = level;
    const changed: string[] = [];
    for (const log of this.#logs.values()) {
      if ((name === 'all' || log.name === name) && log.level !== level) {
        log.level = level;
        changed.push(log.name);
      }
    }
    return changed;
  }

  /** Called with each line as it is written, in the writer's own turn: a listener must be quick and must not throw. */
  onEntry(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #named(name: string): NamedLog {
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const write = (level: LogLevel) => (event: string, message: string, fields?: Readonly<Record<string, unknown>>) => {
      if (rank(level) >= rank(log.level)) this.#write(log, level, event, message, fields);
    };
    const log: NamedLog = {
      name,
      level: this.#level,
      ring: new LogRing(nodeLimits.logRingEntries, nodeLimits.logRingBytes),
      sink: this.#root.child({ log: name }),
      logger: {
        trace: write('trace'),
        debug: write('debug'),
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
        fatal: write('fatal'),
      },
    };
    this.#logs.set(name, log);
    return log;
  }

  #fileIn(folder: string, { maxFileBytes = 10_485_760, files = 5 }: LogsOptions): RotatingFile {
    return new RotatingFile({
      folder,
      name: 'node',
      maxFileBytes,
      files,
      onState: (error) => {
        this.#fileProblem = error === undefined ? undefined : fileProblem(folder, error);
        if (this.#fileProblem === undefined) this.#problems?.clear('logs.notWritten');
        else this.#problems?.raise(this.#fileProblem);
      },
    });
  }

  #write(log: NamedLog, level: LogLevel, event: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const text = redactText(message);
    const textBytes = jsonBytes(text) + jsonBytes(event);
    const safe = boundedFields(redactFields(fields), nodeLimits.logLineBytes - frameBytes - textBytes);
    const entry: LogEntry = { timestamp: this.#nowMs(), level, log: log.name, event, message: text, fields: safe.fields };
    log.ring.push(entry, safe.sizeBytes + textBytes);
    // The arguments pino would interpolate are never given, so a % in the message stays a %.
    log.sink[level]({ time: entry.timestamp, event, fields: safe.fields }, entry.message);
    for (const listener of this.#listeners) listener(entry);
  }
}

function fileProblem(folder: string, error: Error): ProblemReport {
  return {
    id: 'logs.notWritten',
    severity: 'warn',
    title: 'The log file cannot be written',
    detail: `${join(folder, 'node.log')}: ${error.message}. Free space on the disk or make the folder writable. Lines stay readable in the console.`,
    view: '/settings',
  };
}

/** Level, time, name of the log and the punctuation of a line. */
const frameBytes = 256;

function boundedFields(fields: Record<string, unknown>, mostBytes: number): { fields: Record<string, unknown>; sizeBytes: number } {
  const sizeBytes = jsonBytes(fields);
  if (sizeBytes <= mostBytes) return { fields, sizeBytes };
  const kept: Record<string, unknown> = {
    cut: `fields of ${sizeBytes} bytes are not kept`,
    keys: redactText(Object.keys(fields).join(', ')),
  };
  return { fields: kept, sizeBytes: jsonBytes(kept) };
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
