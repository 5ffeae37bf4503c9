/** One list of what was done on the node: its audit table where the role allows to read it, and its latest calls. */
import type { AuditEntry } from '../../../../common/contract/audit.ts';
import { resolveMethod } from '../../../../common/contract/index.ts';
import type { ActivityEntry } from '../../../../common/contract/rpc.ts';

export interface Activity {
  /** Stable, for React. */
  readonly id: string;
  readonly atMs: number;
  readonly outcome: 'done' | 'failed' | 'refused';
  /** Who, without the node. */
  readonly who: string;
  /** Method, or sign-in and the like. */
  readonly act: string;
  /** What it was done to: a user, a setting, a topic, a node. */
  readonly object: string | null;
  readonly code: string | null;
  readonly durationMs: number | null;
}

const localName = (user: string): string => user.split('@')[0] ?? user;

/** How every screen gets its events: nothing that a person did. */
const plumbing: ReadonlySet<string> = new Set(['subscribe_channel', 'unsubscribe_channel']);

/** Writes and refusals are in the audit table too. */
const isAudited = (entry: ActivityEntry): boolean =>
  entry.code === 'FORBIDDEN' || (resolveMethod(entry.method)?.spec.effect ?? 'read') !== 'read';

/**
 * Newest first. What is in both lists is shown once, from the audit table, which says what it was done to.
 *
 * @param calls of `rpc.activity`
 * @param audit of `audit.list`; undefined below the role admin
 * @param most entries returned
 */
export function mergeActivity(
  calls: readonly ActivityEntry[],
  audit: readonly AuditEntry[] | undefined,
  most: number,
): readonly Activity[] {
  const listed = calls.filter((entry) => !plumbing.has(entry.method) && (audit === undefined || !isAudited(entry)));
  return [...listed.map(fromCall), ...(audit ?? []).map(fromAudit)].sort((a, b) => b.atMs - a.atMs).slice(0, most);
}

function fromCall(entry: ActivityEntry): Activity {
  return {
    id: `call ${entry.id}`,
    atMs: entry.timestamp,
    outcome: entry.status === 'success' ? 'done' : entry.code === 'FORBIDDEN' ? 'refused' : 'failed',
    who: localName(entry.user),
    act: entry.method,
    object: null,
    code: entry.code,
    durationMs: entry.durationMs,
  };
}

function fromAudit(entry: AuditEntry): Activity {
  return {
    id: `audit ${entry.id}`,
    atMs: entry.timestamp,
    outcome: entry.outcome,
    who: localName(entry.user),
    act: entry.act,
    object: objectOf(entry),
    code: entry.code,
    durationMs: entry.durationMs,
  };
}

/** Params that name what a method acts on, most telling first. */
const naming = ['username', 'topic', 'name', 'id'] as const;

function objectOf({ target, params }: AuditEntry): string | null {
  if (typeof params === 'object' && params !== null) {
    const fields = params as Record<string, unknown>;
    for (const key of naming) if (typeof fields[key] === 'string') return fields[key];
    // config.set
    if (typeof fields.values === 'object' && fields.values !== null) return Object.keys(fields.values).join(', ') || null;
  }
  return target;
}
