import { Registry } from 'prom-client';
import type { Principal, Role } from '../../src/common/roles.ts';
import { type AuditRecord, Router, type RouterOptions } from '../../src/main/node/router/index.ts';
import type { Logger } from '../../src/main/node/telemetry/types.ts';

export const testNodeId = `n1${'a'.repeat(52)}`;

export interface LogLine {
  readonly level: keyof Logger;
  readonly event: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A logger that keeps its lines. */
export function recordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Logger) => (event: string, message: string, fields?: Readonly<Record<string, unknown>>) =>
    void lines.push({ level, event, message, fields });
  return {
    lines,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
  };
}

export function principalWith(role: Role, user = `${role}@test`): Principal {
  return { user, roles: [role], via: 'ws' };
}

export interface RouterFixture {
  readonly router: Router;
  readonly audits: AuditRecord[];
  readonly lines: LogLine[];
  readonly registry: Registry;
}

/** A real router with everything around it kept for inspection; results are checked against the contract. */
export function createRouterFixture(options: Partial<RouterOptions> = {}): RouterFixture {
  const audits: AuditRecord[] = [];
  const logger = recordingLogger();
  const registry = new Registry();
  const router = new Router({
    nodeId: testNodeId,
    name: () => 'press-07',
    version: '0.0.0',
    capabilities: () => ['test'],
    logger,
    metrics: { registry },
    audit: { record: (record) => void audits.push(record) },
    validateResults: true,
    ...options,
  });
  return { router, audits, lines: logger.lines, registry };
}
