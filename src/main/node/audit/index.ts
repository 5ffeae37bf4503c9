/** The append-only table of every act that changes something and of every refusal. */
export { AuditLog, type AuditLogOptions, type AuditQuery, auditMigrations } from './audit-log.ts';
export { canonicalJson } from './canonical-json.ts';
