import type { ExportHead, ExportProgress } from './write-lines.ts';

/** Which lines of an export are wanted. */
export interface ExportPart {
  /** What the first line says, of a file that begins; what the page before came to, of one that goes on. */
  readonly begun: { readonly head: ExportHead } | { readonly progress: ExportProgress };
  readonly fromHeight: number;
  readonly toHeight: number;
  /** With what was passed to acts of the own chain. */
  readonly withDetails: boolean;
}

/** Lines of an export: as many blocks as one answer of the store has. */
export interface ExportedLines {
  readonly text: string;
  readonly progress: ExportProgress;
  /** Of the last block in it. */
  readonly height: number;
  readonly blocks: number;
  readonly entries: number;
}
