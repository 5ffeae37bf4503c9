/** What the ledger says of a record of the audit table. */
import type { AuditEntry } from '../../../common/contract/audit.ts';
import type { EntryDraft } from './entry.ts';

/** Params that name what a method acts on, most telling first. */
const naming = ['queue', 'chain', 'tunnelId', 'username', 'topic', 'nodeId', 'node', 'name', 'key', 'path', 'id'] as const;

/**
 * Undefined: the record stands in the ledger already, in the words of whoever wrote it.
 *
 * @param isOwn whether a chain that somebody named is the own one
 */
export function draftOf(record: AuditEntry, isOwn: (chain: string) => boolean): EntryDraft | undefined {
  const { timestamp, user, roles, via, act, outcome, code, detail, params } = record;
  // A note is written into the ledger before it is answered, and recorded after that. One for another chain was only sent there.
  if (act === 'ledger.note' && outcome === 'done' && isOwnNote(params, isOwn)) return undefined;
  return {
    at: timestamp,
    kind: outcome === 'refused' ? 'refusal' : 'act',
    actor: user,
    roles,
    via,
    act,
    target: record.target ?? objectOf(params),
    outcome,
    code,
    text: detail,
    params,
  };
}

function isOwnNote(params: unknown, isOwn: (chain: string) => boolean): boolean {
  const chain = (params as { readonly chain?: unknown } | null)?.chain;
  return typeof chain !== 'string' || isOwn(chain);
}

function objectOf(params: unknown): string | null {
  if (typeof params !== 'object' || params === null) return null;
  const fields = params as Readonly<Record<string, unknown>>;
  for (const key of naming) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  // config.set
  if (typeof fields.values === 'object' && fields.values !== null) return Object.keys(fields.values).join(', ') || null;
  return null;
}
