/** The lines of an exported chain: JSON, one value a line, each in the one canonical form. Described in docs/ledger.md. */
import { z } from 'zod';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { fromBase64url, publicKeyOf } from '../../identity/index.ts';
import { u64 } from '../../trust/byte-reader.ts';
import { fromHex, sha256 } from '../../trust/digest.ts';
import { ledgerLimits } from '../limits.ts';
import { verdicts } from '../sync/confirmation.ts';

/** Version of the format that is written. The one before is still read: its end line bears no signature. */
export const exportVersion = 2;
const readVersions = [1, exportVersion] as const;
/** Longest line: the largest block with all its quotes escaped, or the largest params of an act. */
export const mostLineBytes = 524_288;

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const nodeId = z.string().regex(/^n1[a-z2-7]{52}$/);
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const base64url = (length: number) =>
  z
    .string()
    .length(length)
    .regex(/^[A-Za-z0-9_-]+$/);

export const headerLineSchema = z.strictObject({
  type: z.literal('header'),
  format: z.literal('signalbox-ledger'),
  version: z.literal(readVersions),
  chain: nodeId,
  name: z.string().max(256),
  exportedAt: count,
  exportedBy: nodeId,
  fromHeight: count,
  toHeight: count,
});

export const blockLineSchema = z.strictObject({
  type: z.literal('block'),
  height: count,
  /** Head and signature, 204 bytes. */
  block: base64url(272),
  /** RFC 6962 leaf hash of each entry: tells which one was changed, where the root alone tells only that one was. */
  leaves: z.array(base64url(43)).min(1).max(ledgerLimits.blockEntries),
  entries: z.array(z.string().max(ledgerLimits.entryBytes)).min(1).max(ledgerLimits.blockEntries),
});

export const detailsLineSchema = z.strictObject({
  type: z.literal('details'),
  number: count,
  salt: base64url(22),
  params: z.json(),
});

export const confirmationLineSchema = z.strictObject({
  type: z.literal('confirmation'),
  chainId: nodeId,
  nodeId,
  name: z.string().max(256),
  at: count,
  height: z.number().int().min(-1).max(Number.MAX_SAFE_INTEGER),
  answers: z
    .array(z.strictObject({ height: count, verdict: z.enum(verdicts), hash: hex32.nullable() }))
    .min(1)
    .max(256),
  signature: base64url(86),
});

export const endLineSchema = z.strictObject({
  type: z.literal('end'),
  blocks: count,
  entries: count,
  headHash: hex32,
  /** Of all lines before this one: see {@link LineDigest}. */
  digest: base64url(43),
  /** Ed25519 of the node that wrote the file: see {@link endBytes}. Version 1 has none. */
  signature: base64url(86).optional(),
});

const lineSchema = z.discriminatedUnion('type', [
  headerLineSchema,
  blockLineSchema,
  detailsLineSchema,
  confirmationLineSchema,
  endLineSchema,
]);
export type ExportLine = z.infer<typeof lineSchema>;
export type HeaderLine = z.infer<typeof headerLineSchema>;
export type BlockLine = z.infer<typeof blockLineSchema>;
export type DetailsLine = z.infer<typeof detailsLineSchema>;
export type ConfirmationLine = z.infer<typeof confirmationLineSchema>;
export type EndLine = z.infer<typeof endLineSchema>;

/** The text of a line, without its line feed. */
export function writeLine(line: ExportLine): string {
  return canonicalJson(line);
}

/** Why a text is no line of an export: the member that is wrong, and in which way. */
export interface LineFault {
  readonly field: string | null;
  readonly message: string;
}

/** Reads a line. One line has one form: another text that means the same is refused. */
export function readLine(text: string): ExportLine | LineFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { field: null, message: 'The line is not JSON.' };
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { field: pathOf(issue?.path ?? []), message: `The line is not one of an export: ${issue?.message ?? 'its form is wrong'}.` };
  }
  if (canonicalJson(parsed.data) !== text) return { field: null, message: 'The line is not written in the one allowed form.' };
  return parsed.data;
}

/** `entries[2]` */
function pathOf(path: readonly PropertyKey[]): string | null {
  if (path.length === 0) return null;
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

const endTag = Buffer.from('SGBX/export/v1\0\0', 'latin1');

/**
 * What the node that writes a file signs at its end: tag 16 | chain 32 | exporter 32 | from u64 | to u64 | exported at u64 | blocks u64 |
 * entries u64 | hash of the last block 32 | digest over all lines before 32. So nobody can cut blocks off and write the header anew.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK` for an id that is none
 */
export function endBytes(
  header: Pick<HeaderLine, 'chain' | 'exportedBy' | 'exportedAt' | 'fromHeight' | 'toHeight'>,
  end: EndLine,
): Uint8Array {
  const numbers = [header.fromHeight, header.toHeight, header.exportedAt, end.blocks, end.entries].map(u64);
  const digest = fromBase64url(end.digest, 'digest', 32);
  return new Uint8Array(
    Buffer.concat([endTag, publicKeyOf(header.chain), publicKeyOf(header.exportedBy), ...numbers, fromHex(end.headHash), digest]),
  );
}

/**
 * One digest of all lines in their order: each is SHA-256(digest before it | the line), begun with 32 zero bytes. So an export can be made
 * page by page with 32 bytes handed on, and what bears no signature of its own (the header) cannot change by a broken disk unseen.
 */
export class LineDigest {
  #digest: Uint8Array;

  constructor(begun: Uint8Array = new Uint8Array(32)) {
    this.#digest = begun;
  }

  add(line: string): void {
    this.#digest = sha256(this.#digest, Buffer.from(line, 'utf8'));
  }

  get value(): Uint8Array {
    return this.#digest;
  }
}
