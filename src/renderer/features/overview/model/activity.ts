/** One list of what happened: the audit table of a node where the role allows to read it, the latest calls, and who joined and left. */
import type { AuditEntry } from '../../../../common/contract/audit.ts';
import { changeOf } from '../../../../common/contract/changing-methods.ts';
import type { ActivityEntry } from '../../../../common/contract/rpc.ts';
import type { ClusterChange } from '../../../state/cluster-history.ts';

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
  /** Name of the node it was on, where several are listed together. */
  readonly place: string | null;
  /** What became of a node; null for what somebody did. */
  readonly change: ClusterChange['kind'] | null;
}

const localName = (user: string): string => user.split('@')[0] ?? user;

/** How every screen gets its events: nothing that a person did. */
const plumbing: ReadonlySet<string> = new Set(['subscribe_channel', 'unsubscribe_channel']);

/** Writes and refusals are in the audit table too. */
const isAudited = (entry: ActivityEntry): boolean => entry.code === 'FORBIDDEN' || changeOf(entry.method) !== undefined;

/**
 * Newest first. What is in both lists is shown once, from the audit table, which says what it was done to.
 *
 * @param calls of `rpc.activity`, or of `cluster.activity` with the node of each
 * @param audit of `audit.list`; undefined below the role admin
 * @param changes of the cluster
 * @param most entries returned
 */
export function mergeActivity(
  calls: readonly (ActivityEntry & { readonly nodeId?: string; readonly name?: string })[],
  audit: readonly AuditEntry[] | undefined,
  changes: readonly ClusterChange[],
  most: number,
): readonly Activity[] {
  const listed = calls.filter((entry) => !plumbing.has(entry.method) && (audit === undefined || !isAudited(entry)));
  return [...listed.map(fromCall), ...(audit ?? []).map(fromAudit), ...changes.map(fromChange)]
    .sort((a, b) => b.atMs - a.atMs)
    .slice(0, most);
}

function fromCall(entry: ActivityEntry & { readonly nodeId?: string; readonly name?: string }): Activity {
  return {
    id: `call ${entry.nodeId ?? ''} ${entry.id}`,
    atMs: entry.timestamp,
    outcome: entry.status === 'success' ? 'done' : entry.code === 'FORBIDDEN' ? 'refused' : 'failed',
    who: localName(entry.user),
    act: entry.method,
    object: null,
    code: entry.code,
    durationMs: entry.durationMs,
    place: entry.name ?? null,
    change: null,
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
    place: null,
    change: null,
  };
}

function fromChange({ id, atMs, name, kind }: ClusterChange): Activity {
  return {
    id: `change ${id}`,
    atMs,
    outcome: 'done',
    who: name,
    act: `node.${kind}`,
    object: null,
    code: null,
    durationMs: null,
    place: null,
    change: kind,
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
