/** What the ledger says of a record of the audit table. */
import type { AuditEntry } from '../../../common/contract/audit.ts';
import { namedObject } from '../named-object.ts';
import type { EntryDraft } from './entry.ts';

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
    target: record.target ?? namedObject(params),
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
