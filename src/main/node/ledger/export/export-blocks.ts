import type { EntryDetails } from '../entry.ts';
import type { FullBlock } from '../types.ts';
import type { ExportedLines, ExportPart } from './export-part.ts';
import { ExportWriter } from './write-lines.ts';

/** Where blocks, and what was passed to acts of the own chain, are read. */
interface BlockSource {
  blocks(chainId: string, fromHeight: number, most: { readonly blocks: number }): { readonly blocks: readonly FullBlock[] };
  details(number: number): EntryDetails | undefined;
}

/** Writes blocks as lines, where they are read. Undefined: the first one is not held, or cannot be read. */
export function exportBlocks(chains: BlockSource, chainId: string, part: ExportPart): ExportedLines | undefined {
  const { begun, fromHeight, toHeight, withDetails } = part;
  const { blocks } = chains.blocks(chainId, fromHeight, { blocks: toHeight - fromHeight + 1 });
  const last = blocks.at(-1)?.block;
  if (last === undefined || blocks[0]?.block.height !== fromHeight) return undefined;
  const writer = new ExportWriter('progress' in begun ? begun.progress : undefined);
  if ('head' in begun) writer.header(begun.head);
  let entries = 0;
  for (const full of blocks) {
    writer.block(full, withDetails ? detailsOf(chains, full.block) : []);
    entries += full.entries.length;
  }
  return { text: writer.take(), progress: writer.progress, height: last.height, blocks: blocks.length, entries };
}

function detailsOf(chains: BlockSource, { firstNumber, count }: { readonly firstNumber: number; readonly count: number }): EntryDetails[] {
  return Array.from({ length: count }, (_, index) => chains.details(firstNumber + index)).filter((kept) => kept !== undefined);
}
