/** A block beside the chains: head and signature as bytes, entries as one text. */
import { z } from 'zod';
import { decodeBlock } from './block.ts';
import type { FullBlock } from './types.ts';

const entryTexts = z.array(z.string());

/** The entries of a block as one text. */
export function writeTexts(entries: readonly Uint8Array[]): string {
  return JSON.stringify(entries.map((bytes) => Buffer.from(bytes).toString('utf8')));
}

/** Undefined: somebody has changed the row so that it is no block any more. Nothing beyond its layout is checked. */
export function readKept(row: { readonly bytes: Buffer; readonly entries: string }): FullBlock | undefined {
  try {
    const entries = entryTexts.parse(JSON.parse(row.entries)).map((text) => new Uint8Array(Buffer.from(text, 'utf8')));
    return { block: decodeBlock(new Uint8Array(row.bytes)), entries };
  } catch {
    return undefined;
  }
}
