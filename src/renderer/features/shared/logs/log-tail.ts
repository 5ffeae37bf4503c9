/** The last lines of a log, bounded, outside React: lines come faster than a screen is drawn. */
import { type LogEntry, type LogLevel, logLevels } from '../../../../common/contract/logs.ts';
import { formatTime } from '../../../state/format.ts';

export interface LogLine extends LogEntry {
  /** Counts up by one. */
  readonly id: number;
}

export const keptLines = 2_000;

export class LogTail {
  #lines: LogLine[] = [];
  #nextId = 1;
  #gone = 0;
  #missed = 0;
  #version = 0;

  /** Changes with every line. */
  get version(): number {
    return this.#version;
  }

  /** Oldest first, as they are now. */
  snapshot(): readonly LogLine[] {
    return this.#lines.slice();
  }

  /** Lines that made room for newer ones. */
  get gone(): number {
    return this.#gone;
  }

  /** Lines that the node or this console did not pass on because they came too fast; they are in the file. */
  get missed(): number {
    return this.#missed;
  }

  /** The last lines that the node keeps; what came live meanwhile and is not among them stays behind them. */
  begin(entries: readonly LogEntry[]): void {
    const live = this.#lines;
    const newestMs = entries.at(-1)?.timestamp ?? 0;
    this.#lines = [];
    for (const entry of [...entries, ...live.filter(({ timestamp }) => timestamp > newestMs)]) this.push(entry);
  }

  push(entry: LogEntry, missed = 0): void {
    this.#version++;
    this.#missed += missed;
    this.#lines.push({ ...entry, id: this.#nextId++ });
    if (this.#lines.length <= keptLines) return;
    // A tenth at a time: moving the whole list for every line would be the cost of a fast log.
    const surplus = keptLines / 10;
    this.#lines = this.#lines.slice(surplus);
    this.#gone += surplus;
  }

  clear(): void {
    this.#version++;
    this.#lines = [];
    this.#missed = 0;
  }
}

/** Lines of this level and above that hold every word. */
export function filterLines(lines: readonly LogLine[], level: LogLevel, text: string): readonly LogLine[] {
  const least = logLevels.indexOf(level);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (logLevels.indexOf(line.level) < least) return false;
    if (words.length === 0) return true;
    const searched = `${line.log} ${line.event ?? ''} ${line.message} ${fieldsText(line)}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

/** `port 7420 host 127.0.0.1` */
export function fieldsText({ fields }: Pick<LogEntry, 'fields'>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** One JSON text a line, as the node's own log file has it. */
export function toNdjson(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** A line as people paste it into a message. */
export function toPlainText(line: LogEntry): string {
  const fields = fieldsText(line);
  return `${formatTime(line.timestamp, { milliseconds: true })} ${line.level} ${line.log} ${line.message}${fields === '' ? '' : ` ${fields}`}`;
}
