/** What a checkpoint says: which blocks it seals, by a digest over their hashes. */
import type Database from 'better-sqlite3';
import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { toHex } from '../trust/digest.ts';
import { decodeBlock } from './block.ts';
import type { BlockRows } from './block-rows.ts';
import type { ChainRow } from './chain-table.ts';
import { decodeEntry, type EntryDraft } from './entry.ts';
import type { FullBlock } from './types.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const checkpointSchema = z.strictObject({
  /** Newest block that is sealed. */
  sealedHeight: z.number().int().min(0),
  /** Its hash, which the first block that is kept names. */
  sealedHash: hex,
  /** SHA-256 over the hashes of all sealed blocks since the checkpoint before it, in order. */
  digest: hex,
  /** Sealed now: blocks and entries. */
  blocks: z.number().int().min(1),
  entries: z.number().int().min(1),
  /** Name of the archive file. */
  archive: z.string().max(128),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The entry that seals, as it is put into the chain. @param nowMs milliseconds since the epoch */
export function checkpointDraft(checkpoint: Checkpoint, nodeId: string, nowMs: number): EntryDraft {
  return {
    at: nowMs,
    kind: 'checkpoint',
    actor: nodeId,
    roles: [],
    via: 'node',
    act: 'ledger.checkpoint',
    target: null,
    outcome: 'done',
    code: null,
    text: canonicalJson(checkpoint),
  };
}

/** Reads the text of a checkpoint; undefined: it is none. */
export function readCheckpoint(text: string | null): Checkpoint | undefined {
  try {
    return checkpointSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** False: no entry of the block is a checkpoint. Quicker than to read them all. */
export function mayHoldCheckpoint({ entries }: FullBlock): boolean {
  return entries.some((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('"kind":"checkpoint"'));
}

/** True when a checkpoint of the chain, which is signed like all else in it, seals exactly what is before the oldest block held. */
export function isSealedBefore(
  chains: { readonly database: Database.Database; readonly rows: Pick<BlockRows, 'blocks'> },
  chain: ChainRow,
): boolean {
  const first = chain.first?.height ?? 0;
  const [row] = chains.rows.blocks(chain.id, first, 1);
  if (row === undefined) return false;
  let prevHash: string;
  try {
    prevHash = toHex(decodeBlock(new Uint8Array(row.bytes)).prevHash);
  } catch {
    return false;
  }
  // Oldest first: the one that is looked for was the first to be written behind what it seals.
  const seals = chains.database
    .prepare<[number], { bytes: Buffer }>(
      "SELECT bytes FROM entry WHERE chain = ? AND act = 'ledger.checkpoint' AND kind = 'checkpoint' ORDER BY number",
    )
    .iterate(chain.id);
  for (const { bytes } of seals) {
    const checkpoint = checkpointOf(bytes);
    if (checkpoint?.sealedHeight === first - 1 && checkpoint.sealedHash === prevHash) return true;
  }
  return false;
}

function checkpointOf(bytes: Buffer): Checkpoint | undefined {
  try {
    return readCheckpoint(decodeEntry(new Uint8Array(bytes)).text);
  } catch {
    return undefined;
  }
}
