import type { WorkspaceItem, WorkspaceKind, workspaceContract } from '../../../common/contract/workspace.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { nodeLimits } from '../limits.ts';
import type { Handlers } from '../router/types.ts';
import type { Migration, Statement, Store } from '../store/index.ts';

export const workspaceMigrations: readonly Migration[] = [
  {
    id: 'workspace-1',
    sql: `
      CREATE TABLE workspace_item (
        user TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        value TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (user, kind, id)
      ) STRICT;
      CREATE INDEX workspace_item_age ON workspace_item (user, kind, updated_at);
    `,
  },
];

/** Most items of a kind that one person keeps. History makes room by itself; the others ask the person to. */
const mostItems: Readonly<Record<WorkspaceKind, number>> = { request: 1_000, history: 500, draft: 200, variables: 100, view: 200 };

interface ItemRow {
  readonly id: string;
  /** Null when it would make the answer too large. */
  readonly value: string | null;
  readonly updated_at: number;
}

/** Newest first; values only until the answer is full, so that the worker never hands over more than may go out. */
const listSql = `SELECT id, CASE WHEN total <= ${nodeLimits.workspaceListBytes} THEN value END AS value, updated_at FROM (
    SELECT id, value, updated_at, sum(size_bytes) OVER (ORDER BY updated_at DESC, id DESC) AS total
    FROM workspace_item WHERE user = ? AND kind = ?)
  ORDER BY updated_at DESC, id DESC LIMIT ?`;

interface Held {
  readonly items: number;
  readonly bytes: number;
  readonly same_bytes: number | null;
}

/** What each person keeps in the console: own saved requests, history, drafts, variables and views. */
export function createWorkspaceService(options: {
  readonly store: Store;
  readonly nowMs?: () => number;
}): Handlers<keyof typeof workspaceContract> {
  const { store, nowMs = Date.now } = options;
  return {
    'workspace.list': async ({ kind, limit }, { principal }) => {
      const rows = await store.all<ItemRow>(listSql, [principal.user, kind, limit]);
      const fitting = rows.filter((row) => row.value !== null);
      return { ...readItems(kind, fitting), omitted: rows.length - fitting.length };
    },
    'workspace.put': async ({ kind, id, value }, { principal }) => {
      const text = JSON.stringify(value);
      if (text === undefined) throw new SignalboxError('INVALID_PARAMS', 'An item needs a value.', { executed: 'no' });
      const sizeBytes = Buffer.byteLength(text);
      if (sizeBytes > nodeLimits.workspaceValueBytes)
        throw new SignalboxError(
          'TOO_LARGE',
          `The item has ${sizeBytes} bytes; ${nodeLimits.workspaceValueBytes} are the most that is kept.`,
          {
            executed: 'no',
          },
        );
      checkRoom(kind, sizeBytes, await heldBy(store, principal.user, kind, id));
      const updatedAt = nowMs();
      await store.transaction([
        {
          sql: `INSERT INTO workspace_item (user, kind, id, value, size_bytes, updated_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (user, kind, id) DO UPDATE SET value = excluded.value, size_bytes = excluded.size_bytes, updated_at = excluded.updated_at`,
          params: [principal.user, kind, id, text, sizeBytes, updatedAt],
        },
        ...(kind === 'history' ? [evictHistory(principal.user)] : []),
      ]);
      return { kind, id, value, updatedAt };
    },
    'workspace.remove': async ({ kind, id }, { principal }) => {
      const { changes } =
        id === undefined
          ? await store.run('DELETE FROM workspace_item WHERE user = ? AND kind = ?', [principal.user, kind])
          : await store.run('DELETE FROM workspace_item WHERE user = ? AND kind = ? AND id = ?', [principal.user, kind, id]);
      return { removed: changes };
    },
  };
}

/** A row that cannot be read is named and stays: one bad item never costs the others. */
function readItems(kind: WorkspaceKind, rows: readonly ItemRow[]): { items: WorkspaceItem[]; damaged: string[] } {
  const items: WorkspaceItem[] = [];
  const damaged: string[] = [];
  for (const row of rows) {
    try {
      items.push({ kind, id: row.id, value: JSON.parse(row.value ?? '') as unknown, updatedAt: row.updated_at });
    } catch {
      damaged.push(row.id);
    }
  }
  return { items, damaged };
}

async function heldBy(store: Store, user: string, kind: WorkspaceKind, id: string): Promise<Held> {
  const held = await store.get<Held>(
    `SELECT count(*) FILTER (WHERE kind = ?) AS items, coalesce(sum(size_bytes), 0) AS bytes,
      max(size_bytes) FILTER (WHERE kind = ? AND id = ?) AS same_bytes FROM workspace_item WHERE user = ?`,
    [kind, kind, id, user],
  );
  return held ?? { items: 0, bytes: 0, same_bytes: null };
}

function checkRoom(kind: WorkspaceKind, sizeBytes: number, held: Held): void {
  const isNew = held.same_bytes === null;
  if (isNew && kind !== 'history' && held.items >= mostItems[kind])
    throw new SignalboxError('TOO_LARGE', `There are ${held.items} items of the kind ${kind} already. Remove one first.`, {
      executed: 'no',
    });
  if (held.bytes - (held.same_bytes ?? 0) + sizeBytes > nodeLimits.workspaceUserBytes)
    throw new SignalboxError('TOO_LARGE', `Your saved items take ${held.bytes} bytes, which is the most. Remove some first.`, {
      executed: 'no',
    });
}

function evictHistory(user: string): Statement {
  return {
    sql: `DELETE FROM workspace_item WHERE user = ? AND kind = 'history' AND id IN (
      SELECT id FROM workspace_item WHERE user = ? AND kind = 'history' ORDER BY updated_at DESC, id DESC LIMIT -1 OFFSET ?)`,
    params: [user, user, mostItems.history],
  };
}
