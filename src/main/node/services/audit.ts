import type { auditContract } from '../../../common/contract/audit.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Handlers } from '../router/types.ts';

/** Reading of the audit table; nothing edits it. */
export function createAuditService({ audit }: { readonly audit: AuditLog }): Handlers<keyof typeof auditContract> {
  return { 'audit.list': (params) => audit.list(params) };
}
