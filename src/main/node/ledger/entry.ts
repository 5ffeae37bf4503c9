import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { sha256, toHex } from '../trust/digest.ts';
import { ledgerLimits } from './limits.ts';
import type { Entry } from './types.ts';

/**
 * What no text of an entry holds (security.md row 52): control, bidirectional and invisible characters, halves of surrogate pairs.
 * Written out but for Cc, which never changes: nodes with different Unicode tables have to agree.
 */
const unwanted =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/u;
const allUnwanted = new RegExp(unwanted, 'gu');

const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => !unwanted.test(value), 'it holds characters that no entry may hold');
const name = (most: number) => text(most).min(1);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const entryKinds = ['genesis', 'act', 'refusal', 'note', 'witness', 'checkpoint', 'fork'] as const;
export const outcomes = ['done', 'failed', 'refused'] as const;
/** Kinds that the node itself writes, which carry more than a sentence. */
const recordKinds: ReadonlySet<Entry['kind']> = new Set(['genesis', 'witness', 'checkpoint', 'fork']);

const entrySchema = z.strictObject({
  number: count.min(1),
  at: count,
  kind: z.enum(entryKinds),
  actor: name(128),
  roles: z.array(name(32)).max(16),
  via: name(64),
  act: name(128),
  target: text(256).nullable(),
  outcome: z.enum(outcomes),
  code: name(64).nullable(),
  text: text(ledgerLimits.entryRecordCharacters).nullable(),
  details: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The exact bytes of an entry: UTF-8 of canonical JSON, every member present. */
export function encodeEntry(entry: Entry): Uint8Array {
  const { number, at, kind, actor, roles, via, act, target, outcome, code, text: said, details } = entry;
  return new Uint8Array(
    Buffer.from(canonicalJson({ number, at, kind, actor, roles, via, act, target, outcome, code, text: said, details }), 'utf8'),
  );
}

/**
 * Reads the bytes of an entry that came from outside. One entry has one form: other bytes that mean the same are refused.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `TOO_LARGE`
 */
export function decodeEntry(bytes: Uint8Array): Entry {
  if (bytes.length > ledgerLimits.entryBytes)
    throw new SignalboxError('TOO_LARGE', `An entry of ${bytes.length} bytes is larger than ${ledgerLimits.entryBytes}.`, {
      executed: 'no',
    });
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    throw invalid('it is not JSON');
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.') || 'entry'}: ${issue?.message ?? 'it does not fit the schema'}`);
  }
  const entry: Entry = parsed.data;
  if (!recordKinds.has(entry.kind) && (entry.text?.length ?? 0) > ledgerLimits.entryTextCharacters) throw invalid('text: it is too long');
  if (Buffer.compare(encodeEntry(entry), bytes) !== 0) throw invalid('it is not written in the one allowed way');
  return entry;
}

/** What an own entry is made of before it has its place in the chain. Texts may be any: {@link toEntry} makes them fit. */
export type EntryDraft = Omit<Entry, 'number' | 'details'> & { readonly params?: unknown };

/** What stays at the node: whoever is given both can check the digest of the entry. */
export interface EntryDetails {
  readonly number: number;
  /** 16 bytes; keeps short params from being guessed. */
  readonly salt: Uint8Array;
  /** Canonical JSON. */
  readonly params: string;
}

/**
 * Gives a draft its number. Characters that no entry holds are replaced, texts are cut to what an entry may have.
 *
 * @param salt 16 bytes; without: random
 */
export function toEntry(
  draft: EntryDraft,
  number: number,
  salt: Uint8Array = randomBytes(16),
): { readonly entry: Entry; readonly details: EntryDetails | null } {
  const params = draft.params === undefined || draft.params === null ? null : canonicalJson(draft.params);
  const longest = recordKinds.has(draft.kind) ? ledgerLimits.entryRecordCharacters : ledgerLimits.entryTextCharacters;
  return {
    entry: {
      number,
      at: Math.max(0, Math.round(draft.at)),
      kind: draft.kind,
      actor: cleaned(draft.actor, 128) || 'unknown',
      roles: draft.roles.slice(0, 16).map((role) => cleaned(role, 32) || 'unknown'),
      via: cleaned(draft.via, 64) || 'unknown',
      act: cleaned(draft.act, 128) || 'unknown',
      target: draft.target === null ? null : cleaned(draft.target, 256),
      outcome: draft.outcome,
      code: draft.code === null ? null : cleaned(draft.code, 64) || null,
      text: draft.text === null ? null : cleaned(draft.text, longest),
      details: params === null ? null : detailsDigest(salt, params),
    },
    details: params === null ? null : { number, salt: new Uint8Array(salt), params },
  };
}

/** SHA-256(salt ‖ canonical JSON of the params), hex. */
export function detailsDigest(salt: Uint8Array, params: string): string {
  return toHex(sha256(salt, Buffer.from(params, 'utf8')));
}

/** Line ends become spaces, other unwanted characters become U+FFFD; cut at a whole character. */
function cleaned(value: string, most: number): string {
  const clean = value.replaceAll(/[\t\r\n\u2028\u2029]+/g, ' ').replaceAll(allUnwanted, '\ufffd');
  if (clean.length <= most) return clean;
  const cut = clean.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

function invalid(why: string): SignalboxError {
  return new SignalboxError('INVALID_PARAMS', `The entry is not valid: ${why}.`, { executed: 'no' });
}
