import type { LedgerBlock, LedgerDifference } from '../../../../common/contract/ledger.ts';
import { nodeIdOf, toBase64url } from '../../identity/index.ts';
import { toHex } from '../../trust/digest.ts';
import { heldHash, isWhole } from '../held-block.ts';
import type { FullBlock, SignedBlock } from '../types.ts';

/** A block as people and programs are shown it. */
export function describeBlock(block: SignedBlock): LedgerBlock {
  return {
    chainId: nodeIdOf(block.author),
    height: block.height,
    hash: toHex(block.hash),
    prevHash: toHex(block.prevHash),
    entriesRoot: toHex(block.entriesRoot),
    firstNumber: block.firstNumber,
    count: block.count,
    at: block.at,
    signature: toBase64url(block.signature),
  };
}

/** Where two copies of a block differ, field by field; null stands for a copy that holds none. */
export function differenceOf(ours: FullBlock | null, theirs: FullBlock | null): LedgerDifference {
  return {
    ours: sideOf(ours),
    theirs: sideOf(theirs),
    fields: [...blockFields(ours, theirs), ...entryFields(ours?.entries ?? [], theirs?.entries ?? [])],
    valid: { ours: ours !== null && isWhole(ours), theirs: theirs !== null && isWhole(theirs) },
  };
}

type Field = LedgerDifference['fields'][number];

function sideOf(full: FullBlock | null): LedgerDifference['ours'] {
  return full === null ? null : { block: describeBlock(full.block), entries: full.entries.map(textOf) };
}

function blockFields(ours: FullBlock | null, theirs: FullBlock | null): Field[] {
  const [one, other] = [ours, theirs].map((full) => (full === null ? {} : { ...describeBlock(full.block), computedHash: heldHash(full) }));
  return fieldsOf('', one ?? {}, other ?? {});
}

function entryFields(ours: readonly Uint8Array[], theirs: readonly Uint8Array[]): Field[] {
  const fields: Field[] = [];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index++) {
    const [one, other] = [ours[index], theirs[index]];
    if (one !== undefined && other !== undefined && Buffer.compare(one, other) === 0) continue;
    const [left, right] = [one, other].map((bytes) => (bytes === undefined ? undefined : parsed(bytes)));
    if (left === undefined || right === undefined)
      fields.push({
        path: `entries[${index}]`,
        ours: one === undefined ? null : textOf(one),
        theirs: other === undefined ? null : textOf(other),
      });
    else fields.push(...fieldsOf(`entries[${index}].`, left, right));
  }
  return fields;
}

/** Members that are not the same, each as JSON text; null: it is not there. */
function fieldsOf(prefix: string, ours: Readonly<Record<string, unknown>>, theirs: Readonly<Record<string, unknown>>): Field[] {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return names.flatMap((name) => {
    const [one, other] = [shown(ours[name]), shown(theirs[name])];
    return one === other ? [] : [{ path: `${prefix}${name}`, ours: one, theirs: other }];
  });
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The members of an entry; of bytes that are no JSON object, undefined. */
function parsed(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
