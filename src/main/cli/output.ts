import { SignalboxError, toErrorShape } from '../../common/errors.ts';
import { harmlessJson, harmlessText } from '../../common/steering-text.ts';
import type { CliIo } from './io.ts';

export type Cell = string | number | boolean | null | undefined;

/** Writes what a command has to say: tables and sentences for people, JSON lines for programs. */
export class Output {
  readonly #io: CliIo;
  /** True with `--json`. */
  readonly json: boolean;

  constructor(io: CliIo, json: boolean) {
    this.#io = io;
    this.json = json;
  }

  /** One line for people, or some. */
  line(text = ''): void {
    this.#io.stdout.write(`${harmlessText(text)}\n`);
  }

  /** One value on one line for programs. */
  jsonLine(value: unknown): void {
    this.#io.stdout.write(`${harmlessJson(JSON.stringify(value))}\n`);
  }

  /** A value as it is: indented for people. */
  value(value: unknown): void {
    if (this.json) this.jsonLine(value);
    else this.line(JSON.stringify(value, null, 2));
  }

  /** Progress and hints, apart from the result. */
  note(text: string): void {
    this.#io.stderr.write(`${harmlessText(text)}\n`);
  }

  /** Aligned columns. The last one is as long as it is. */
  table(headings: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const cells = [headings, ...rows].map((row) => row.map(printable));
    const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
    for (const row of cells) {
      const padded = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
      this.line(padded.join('  ').trimEnd());
    }
  }

  /** Names and values below each other. */
  fields(fields: readonly (readonly [string, Cell])[]): void {
    const width = Math.max(...fields.map(([name]) => name.length));
    for (const [name, value] of fields) this.line(`${name.padEnd(width)}  ${printable(value)}`);
  }

  /** Why a command failed. */
  error(error: unknown): void {
    const shape = error instanceof SignalboxError ? toErrorShape(error) : { code: 'USAGE', message: messageOf(error) };
    if (this.json) {
      this.#io.stderr.write(`${harmlessJson(JSON.stringify({ error: shape }))}\n`);
      return;
    }
    this.note(`${error instanceof SignalboxError ? `${error.code}: ` : ''}${shape.message}`);
    for (const issue of issuesOf(shape)) this.note(`  ${issue}`);
  }
}

/** A cell stays on its line. */
function printable(cell: Cell): string {
  const text = cell === null || cell === undefined ? '-' : String(cell);
  return harmlessText(text).replace(/[\n\t]/g, '?');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function issuesOf(shape: object): string[] {
  const data = (shape as { readonly data?: unknown }).data;
  const issues = typeof data === 'object' && data !== null ? (data as { readonly issues?: unknown }).issues : undefined;
  if (!Array.isArray(issues)) return [];
  return issues.map((issue: { readonly path?: unknown; readonly key?: unknown; readonly message?: unknown }) => {
    // The node names a param by JSON pointer, a setting by key.
    const path = String(issue.path ?? issue.key ?? '').replace(/^\//, '');
    return `${path}: ${String(issue.message)}`;
  });
}

/** `2026-11-21 12:01:03`, local time. */
export function formatTime(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2 d 4 h`, `3 min 5 s`, `7 d`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return first === -1
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(([value]) => value > 0)
        .map(([value, unit]) => `${value} ${unit}`)
        .join(' ');
}
