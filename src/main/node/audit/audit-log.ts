import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../common/contract/audit.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { nodeLimits } from '../limits.ts';
import type { AuditRecord, AuditSink } from '../router/types.ts';
import type { Startable } from '../startable.ts';
import type { Migration, SqlValue, Statement, Store } from '../store/types.ts';
import type { Problems } from '../telemetry/problems.ts';
import { RepeatSampler } from '../telemetry/repeat-sampler.ts';
import type { Logger } from '../telemetry/types.ts';
import { canonicalJson } from './canonical-json.ts';

/** The table refuses to be edited even by the node itself. */
export const auditMigrations: readonly Migration[] = [
  {
    id: 'audit-1',
    sql: `
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        timestamp INTEGER NOT NULL,
        node TEXT NOT NULL,
        user TEXT NOT NULL,
        roles TEXT NOT NULL,
        via TEXT NOT NULL,
        act TEXT NOT NULL,
        target TEXT,
        params TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'refused')),
        code TEXT,
        detail TEXT,
        duration_ms REAL
      ) STRICT;
      CREATE INDEX audit_user ON audit (user, id);
      CREATE INDEX audit_outcome ON audit (outcome, id);
      -- INSERT OR REPLACE deletes without a word to the trigger below.
      CREATE TRIGGER audit_keeps_ids BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
      CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
      CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
    `,
  },
];

export interface AuditLogOptions {
  readonly store: Store;
  readonly nodeId: string;
  readonly logger: Logger;
  readonly problems?: Problems;
  readonly nowMs?: () => number;
}

export interface AuditQuery {
  readonly beforeId?: number | undefined;
  readonly limit: number;
  readonly outcome?: AuditEntry['outcome'] | undefined;
  readonly user?: string | undefined;
  /** Beginning of the act. */
  readonly act?: string | undefined;
}

/** A record that is not on the disk yet. */
interface WaitingRecord {
  readonly statement: Statement;
  /** It is on the disk, or will not be soon, which the problems of the node say. */
  readonly settle: () => void;
}

interface AuditRow extends Omit<AuditEntry, 'roles' | 'params' | 'durationMs'> {
  readonly roles: string;
  readonly params: string;
  readonly duration_ms: number | null;
}

const retryMs = 5_000;

const insertSql = `INSERT INTO audit (timestamp, node, user, roles, via, act, target, params, outcome, code, detail, duration_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * Who changed what and who was refused: written in the background, in order, several a transaction. While the disk refuses,
 * records wait in memory (bounded) and are tried again.
 */
export class AuditLog implements AuditSink, Startable {
  readonly #options: AuditLogOptions;
  readonly #nowMs: () => number;
  readonly #failures = new RepeatSampler();
  readonly #listeners = new Set<(records: number) => void>();
  #waiting: WaitingRecord[] = [];
  #writing: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopping = false;
  #lost = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  start(): Promise<void> {
    this.#stopping = false;
    return Promise.resolve();
  }

  /** Writes what waits; what the disk still refuses then is lost, and said so. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    do await this.#write();
    while (this.#waiting.length > 0);
  }

  /** Records that could not be written since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Never throws; see {@link AuditSink}. */
  record(record: AuditRecord): Promise<void> {
    if (this.#waiting.length >= nodeLimits.auditPendingRecords) {
      this.#lose(1, new Error('more records wait than may wait'));
      return Promise.resolve();
    }
    const statement: Statement = { sql: insertSql, params: this.#rowOf(record) };
    const settled = new Promise<void>((settle) => this.#waiting.push({ statement, settle }));
    if (this.#retry !== undefined) return Promise.resolve();
    void this.#write();
    return settled;
  }

  /** Records after the one with this id, oldest first. */
  async since(id: number, limit: number): Promise<AuditEntry[]> {
    const rows = await this.#options.store.all<AuditRow>('SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?', [id, limit]);
    return rows.map(entryOf);
  }

  /** Id of the newest record on the disk; 0: there is none. */
  async lastId(): Promise<number> {
    const row = await this.#options.store.get<{ id: number | null }>('SELECT max(id) AS id FROM audit');
    return row?.id ?? 0;
  }

  /** Told of so many records more on the disk. @returns stops it */
  onWritten(listener: (records: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Newest first, with the number of records that match. Records still waiting are written first. */
  async list(query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }> {
    await this.#writing;
    const { store } = this.#options;
    const where = conditionsOf(query);
    const page = query.beforeId === undefined ? where : where.and('id < ?', query.beforeId);
    const [rows, count] = await Promise.all([
      store.all<AuditRow>(`SELECT * FROM audit ${page.sql} ORDER BY id DESC LIMIT ?`, [...page.params, query.limit]),
      store.get<{ total: number }>(`SELECT count(*) AS total FROM audit ${where.sql}`, where.params),
    ]);
    return { entries: rows.map(entryOf), total: count?.total ?? 0 };
  }

  #rowOf(record: AuditRecord): SqlValue[] {
    return [
      this.#nowMs(),
      this.#options.nodeId,
      record.principal.user,
      canonicalJson(record.principal.roles.toSorted()),
      record.principal.via,
      record.act,
      record.target,
      boundedParams(record.params),
      record.outcome,
      record.code,
      record.detail,
      record.durationMs,
    ];
  }

  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // Whoever was told that a record is on the disk may have brought the next one since the last look.
      if (this.#waiting.length > 0 && this.#retry === undefined && !this.#stopping) void this.#write();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Let the records of one turn gather: they cost one transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, nodeLimits.auditBatchRecords);
      try {
        await this.#options.store.transaction(batch.map(({ statement }) => statement));
        this.#waiting.splice(0, batch.length);
        for (const { settle } of batch) settle();
        for (const listener of this.#listeners) listener(batch.length);
        if (this.#waiting.length === 0) this.#options.problems?.clear('audit.waiting');
      } catch (error) {
        if (!this.#stopping && error instanceof SignalboxError && error.retryable) {
          this.#wait(error);
          return;
        }
        this.#waiting.splice(0, batch.length);
        for (const { settle } of batch) settle();
        this.#lose(batch.length, error);
      }
    }
  }

  #wait(error: SignalboxError): void {
    // Whoever waits for the disk is not kept waiting while it refuses.
    for (const { settle } of this.#waiting) settle();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#write();
    }, retryMs);
    this.#log(error);
    this.#options.problems?.raise({
      id: 'audit.waiting',
      severity: 'crit',
      title: this.#waiting.length === 1 ? '1 audit record waits for the disk' : `${this.#waiting.length} audit records wait for the disk`,
      detail: `They are written when it takes them; beyond ${nodeLimits.auditPendingRecords} they are lost. Free space on the disk or make the data folder writable.`,
      view: '/settings',
    });
  }

  #lose(count: number, error: unknown): void {
    this.#lost += count;
    this.#log(error);
    this.#options.problems?.raise({
      id: 'audit.lost',
      severity: 'crit',
      title: this.#lost === 1 ? '1 audit record is lost' : `${this.#lost} audit records are lost`,
      detail: 'Acts were done that the audit table does not show. The log has the reason. This stays until the node restarts.',
      view: '/settings',
    });
  }

  #log(error: unknown): void {
    const suppressed = this.#failures.take('audit');
    if (suppressed === undefined) return;
    const fields = { waiting: this.#waiting.length, lost: this.#lost, suppressed, error };
    this.#options.logger.error('audit.notWritten', 'Audit records could not be written.', fields);
  }
}

class Conditions {
  readonly #terms: readonly string[];
  readonly params: readonly SqlValue[];

  constructor(terms: readonly string[] = [], params: readonly SqlValue[] = []) {
    this.#terms = terms;
    this.params = params;
  }

  get sql(): string {
    return this.#terms.length === 0 ? '' : `WHERE ${this.#terms.join(' AND ')}`;
  }

  and(term: string, param: SqlValue): Conditions {
    return new Conditions([...this.#terms, term], [...this.params, param]);
  }
}

function conditionsOf({ outcome, user, act }: AuditQuery): Conditions {
  let conditions = new Conditions();
  if (outcome !== undefined) conditions = conditions.and('outcome = ?', outcome);
  if (user !== undefined) conditions = conditions.and('user = ?', user);
  if (act !== undefined) conditions = conditions.and("act LIKE ? ESCAPE '\\'", `${act.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return conditions;
}

/** Never throws: what cannot be written as JSON is named instead. */
function boundedParams(params: unknown): string {
  let text: string;
  try {
    text = canonicalJson(params);
  } catch {
    return '{"notKept":"not plain data"}';
  }
  if (text.length <= nodeLimits.auditParamsBytes) return text;
  return canonicalJson({ notKept: 'too large', characters: text.length, sha256: createHash('sha256').update(text).digest('hex') });
}

function entryOf({ duration_ms: durationMs, roles, params, ...row }: AuditRow): AuditEntry {
  return { ...row, roles: JSON.parse(roles) as string[], params: JSON.parse(params) as unknown, durationMs };
}
