import type { Readable, Writable } from 'node:stream';

/** A terminal or pipe to write to. */
export type CliOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A terminal or pipe to read from. */
export type CliInput = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** What a command reads from and writes to. */
export interface CliIo {
  readonly stdin: CliInput;
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
}

/** The streams of the process. */
export function processIo(): CliIo {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}
