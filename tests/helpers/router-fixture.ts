import { Registry } from 'prom-client';
import type { Principal, Role } from '../../src/common/roles.ts';
import type { EventMessage, Profile, RpcProgress, RpcResponse } from '../../src/common/wire/messages.ts';
import { type AuditRecord, Router, type RouterClient, type RouterOptions } from '../../src/main/node/router/index.ts';
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

/** A client whose connection is a list: what the node sent it, and how it was closed. */
export interface RecordedClient {
  readonly client: RouterClient;
  readonly answers: (RpcResponse | RpcProgress)[];
  readonly events: EventMessage[];
  readonly closes: { readonly code: number; readonly reason: string }[];
  /** Bytes the pretended socket holds unsent. */
  bufferedBytes: number;
  /** Sends a request as text; the rest of its fields have defaults. */
  request(fields: Readonly<Record<string, unknown>>): void;
  /** The answer to a request id. */
  answerTo(requestId: string): RpcResponse | undefined;
}

export function connectRecorded(
  router: Router,
  options: {
    readonly role?: Role;
    readonly profile?: Profile;
    readonly principal?: () => Principal | undefined;
    readonly user?: string;
  } = {},
): RecordedClient {
  const principal = principalWith(options.role ?? 'admin', options.user);
  const recorded = {
    answers: [] as (RpcResponse | RpcProgress)[],
    events: [] as EventMessage[],
    closes: [] as { code: number; reason: string }[],
    bufferedBytes: 0,
  };
  const client = router.connect({
    kind: 'ws',
    profile: options.profile ?? 'current',
    principal: options.principal ?? (() => principal),
    sink: {
      get bufferedBytes() {
        return recorded.bufferedBytes;
      },
      send: (message) => void recorded.answers.push(message),
      sendEvents: (events) => void recorded.events.push(...events.map(({ message }) => message)),
      close: (code, reason) => void recorded.closes.push({ code, reason }),
    },
  });
  return Object.assign(recorded, {
    client,
    request: (fields: Readonly<Record<string, unknown>>) => client.receiveText(JSON.stringify({ type: 'rpc', ...fields })),
    answerTo: (requestId: string) =>
      recorded.answers.find((answer): answer is RpcResponse => answer.type === 'rpc_response' && answer.requestid === requestId),
  });
}

/** The end of this turn of the event loop, when events have been handed over. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
