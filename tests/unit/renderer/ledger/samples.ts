import type { LedgerChain, LedgerEntry } from '../../../../src/common/contract/ledger.ts';

export const now = Date.parse('2026-11-22T12:00:00Z');

/** An entry of `press-07`. */
export function entry(number: number, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    chainId: 'node-press',
    chainName: 'press-07',
    number,
    height: number,
    at: now - 1_000 * (100 - number),
    kind: 'act',
    actor: 'alice',
    roles: ['operator'],
    via: 'console',
    act: 'queues.create',
    target: 'orders',
    outcome: 'done',
    code: null,
    text: null,
    prevHash: String(number - 1).padStart(64, '0'),
    digest: String(number).padStart(64, '0'),
    detailsDigest: null,
    signature: 'valid',
    ...changes,
  };
}

/** A chain that is whole and verified. */
export function chain(name: string, changes: Partial<LedgerChain> = {}): LedgerChain {
  return {
    chainId: `node-${name}`,
    name,
    self: false,
    height: 11,
    entries: 12,
    headHash: 'ab'.repeat(32),
    headAt: now,
    firstHeight: 0,
    announcedHeight: 11,
    verifiedHeight: 11,
    verifiedAt: now,
    state: 'whole',
    fault: null,
    sizeBytes: 4_096,
    begunBy: null,
    overShare: null,
    ...changes,
  };
}
