import { z } from 'zod';
import { defineService } from './define.ts';

/** First label of the host name under which a gateway answers for a tunnel (RFC 1123 label, lower case). */
export const agentIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
export const tunnelIdPattern = /^TU-[A-Z0-9]{8}$/;
export const tokenIdPattern = /^[A-Za-z0-9._-]{1,128}$/;

export const agentIdSchema = z.string().regex(agentIdPattern, 'a to z, 0 to 9 and hyphens, at most 63: it becomes a part of a host name');
const tunnelId = z.string().regex(tunnelIdPattern, 'TU- and eight of A to Z and 0 to 9');
const requestId = z.string().min(1).max(64);

/** What passes through: HTTP requests, a TCP connection, or TLS that the gateway does not open. */
export const tunnelKindSchema = z.enum(['http', 'tcp', 'tls']);
export type TunnelKind = z.infer<typeof tunnelKindSchema>;

/** Ordered, as they were sent; a name may come twice. */
export const headerListSchema = z.array(z.tuple([z.string().max(256), z.string().max(16_384)])).max(256);

/** Who may come in at the gateway. */
export const accessRulesSchema = z.strictObject({
  basicAuth: z
    .strictObject({ username: z.string().min(1).max(128), password: z.string().min(1).max(256) })
    .nullable()
    .describe('What a browser asks for before anything passes; null: nothing'),
  allowedAddresses: z.array(z.string().min(1).max(64)).max(64).describe('Addresses and networks (CIDR) that may come in; empty: all'),
  requestsPerSecond: z.number().positive().max(1_000_000).nullable().describe('Of all clients together; null: no limit'),
});
export type AccessRules = z.infer<typeof accessRulesSchema>;

/** Rules as they are shown: without the password. */
export const shownAccessRulesSchema = accessRulesSchema.extend({ basicAuth: z.strictObject({ username: z.string() }).nullable() });

/** off: method, path, status, times and sizes alone; heads: headers too, redacted; bodies: what was sent, up to the limit. */
export const captureSchema = z.strictObject({
  level: z.enum(['off', 'heads', 'bodies']),
  maxBodyBytes: z.number().int().min(1_024).max(1_048_576),
  redactedHeaders: z.array(z.string().min(1).max(128)).max(64).describe('Besides those that are always hidden'),
});
export type Capture = z.infer<typeof captureSchema>;

const tunnelOptions = {
  kind: tunnelKindSchema.default('http'),
  target: z.strictObject({ host: z.string().min(1).max(253), port: z.number().int().min(1).max(65_535) }).describe('The local service'),
  hostHeader: z
    .string()
    .min(1)
    .max(253)
    .default('target')
    .describe('What the service is told as its host: target, original, or a host name of your own'),
  access: accessRulesSchema.default({ basicAuth: null, allowedAddresses: [], requestsPerSecond: null }),
  publicPort: z.number().int().min(1).max(65_535).nullable().default(null).describe('TCP alone: port wanted at the gateway; null: any'),
  links: z.number().int().min(1).max(4).default(1).describe('Parallel connections to the gateway'),
};

export const tunnelStateSchema = z.enum(['off', 'connecting', 'up', 'waiting', 'draining', 'failed']);

export const tunnelInfoSchema = z.object({
  tunnelId: z.string(),
  nodeId: z.string(),
  agentId: z.string().describe('Name under which the gateway knows it'),
  kind: tunnelKindSchema,
  target: z.object({ host: z.string(), port: z.number().int() }),
  hostHeader: z.string(),
  access: shownAccessRulesSchema,
  publicPort: z.number().int().nullable(),
  links: z.number().int(),
  gateway: z.object({
    url: z.string(),
    nodeId: z.string().nullable().describe('When it is a node of this cluster'),
    tokenId: z.string(),
    legacy: z.boolean().describe('Signs in as agents of the first system do'),
  }),
  enabled: z.boolean(),
  state: tunnelStateSchema.describe('waiting: not connected, will try again; failed: will not, until something is changed'),
  stateSince: z.number(),
  publicUrls: z.array(z.string()).describe('Where it answers, as the gateway says; empty unless up'),
  exposure: z.enum(['thisMachine', 'network', 'public']).nullable().describe('How far the addresses reach; null: not known'),
  lastError: z.object({ code: z.string(), message: z.string(), at: z.number() }).nullable(),
  nextTryAt: z.number().nullable(),
  rttMs: z.number().nullable(),
  openLinks: z.number().int(),
  inFlight: z.number().int(),
  requests: z.number().describe('Since the node started'),
  requestsPerSecond: z.number(),
  p50Ms: z.number().nullable().describe('Of the last minute'),
  p95Ms: z.number().nullable(),
  errorRatio: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('Answers of 500 and above, and broken ones, in the last minute; null: no requests'),
  bytesIn: z.number().describe('To the local service'),
  bytesOut: z.number(),
  service: z
    .object({ state: z.enum(['up', 'down']), detail: z.string(), checkedAt: z.number() })
    .nullable()
    .describe('Whether the local service answered last; null: not tried yet'),
  capture: captureSchema,
});
export type TunnelInfo = z.infer<typeof tunnelInfoSchema>;

/** One request in a line. It is told again when something in it changes, with a higher `revision`. */
export const tunnelRequestSchema = z.object({
  requestId: z.string(),
  revision: z.number(),
  tunnelId: z.string(),
  agentId: z.string(),
  at: z.number(),
  kind: z.enum(['http', 'websocket', 'tcp']),
  method: z.string(),
  host: z.string(),
  path: z.string().describe('With the query'),
  remoteAddress: z.string().nullable(),
  status: z.number().int().nullable().describe('null: no answer yet, or none at all'),
  error: z.string().nullable().describe('Why there is none, or why it ended early'),
  open: z.boolean().describe('Still going on'),
  durationMs: z.number().nullable().describe('Until the end; null while open'),
  requestBytes: z.number(),
  responseBytes: z.number(),
  replayOf: z.string().nullable(),
});
export type TunnelRequest = z.infer<typeof tunnelRequestSchema>;

export const capturedBodySchema = z.object({
  base64: z.string(),
  sizeBytes: z.number().describe('Of the whole body'),
  truncated: z.boolean(),
});

export const tunnelRequestDetailSchema = tunnelRequestSchema.extend({
  capture: z.enum(['off', 'heads', 'bodies']).describe('What was kept of it'),
  requestHeaders: headerListSchema,
  responseHeaders: headerListSchema,
  redacted: z.array(z.string()).describe('Names of headers whose values were hidden'),
  requestBody: capturedBodySchema.nullable(),
  responseBody: capturedBodySchema.nullable(),
  timings: z.object({
    tunnelInMs: z.number().nullable().describe('At the gateway, before it was sent on; null: the gateway does not say'),
    toAgentMs: z.number().nullable().describe('Through the tunnel, half a round trip'),
    waitMs: z.number().nullable().describe('For the first byte of the service'),
    replyMs: z.number().nullable().describe('From the first byte to the last'),
  }),
});
export type TunnelRequestDetail = z.infer<typeof tunnelRequestDetailSchema>;

const testStep = z.object({
  step: z.enum(['service', 'gateway', 'roundTrip']),
  ok: z.boolean(),
  detail: z.string().describe('For people'),
  ms: z.number().nullable(),
});

/** Tunnels of this node: local services that gateways answer for (seed 5, the agent's side). */
export const tunnelsContract = defineService({
  'tunnels.list': {
    params: z.strictObject({}),
    result: z.object({ tunnels: z.array(tunnelInfoSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'The tunnels of this node, with state, addresses and figures.',
    quiet: true,
  },
  'tunnels.services': {
    params: z.strictObject({}),
    result: z.object({
      services: z.array(z.object({ port: z.number().int(), address: z.string(), process: z.string().nullable(), own: z.boolean() })),
    }),
    role: 'operator',
    effect: 'read',
    help: 'TCP services that listen on the machine of this node, to choose one from.',
    quiet: true,
  },
  'tunnels.create': {
    params: z.strictObject({
      agentId: agentIdSchema,
      gateway: z.union([
        z.strictObject({ nodeId: z.string().min(1).max(64) }).describe('A node of this cluster: it makes a token for this tunnel'),
        z.strictObject({
          url: z.string().max(300).describe('ws:// or wss://, of the gateway'),
          tokenId: z.string().regex(tokenIdPattern),
          secret: z.string().min(1).max(256),
          legacy: z.boolean().default(false).describe('The gateway is of the first system'),
          verify: z
            .enum(['token', 'authority'])
            .default('token')
            .describe('token: the gateway proves that it knows the secret; authority: its certificate must also be of a known authority'),
        }),
      ]),
      ...tunnelOptions,
      enabled: z.boolean().default(true),
    }),
    result: z.object({ tunnelId: z.string() }),
    role: 'operator',
    effect: 'write',
    help: 'Exposes a local service through a gateway.',
    secretParams: ['gateway.secret', 'access.basicAuth.password'],
    example: { agentId: 'press-07', gateway: { nodeId: 'gateway-1' }, target: { host: 'localhost', port: 3000 } },
  },
  'tunnels.update': {
    params: z.strictObject({
      tunnelId,
      target: tunnelOptions.target.optional(),
      hostHeader: z.string().min(1).max(253).optional(),
      access: accessRulesSchema.optional(),
      publicPort: z.number().int().min(1).max(65_535).nullable().optional().describe('TCP alone: another one wanted; null: any'),
      links: z.number().int().min(1).max(4).optional(),
      secret: z.string().min(1).max(256).optional().describe('After the token was rotated'),
      enabled: z.boolean().optional(),
      capture: captureSchema.optional(),
    }),
    result: z.object({}),
    role: 'operator',
    effect: 'write',
    help: 'Changes a tunnel, turns it on or off, or sets what is captured of its requests.',
    secretParams: ['secret', 'access.basicAuth.password'],
    example: { tunnelId: 'TU-AB12CD34', enabled: false },
  },
  'tunnels.delete': {
    params: z.strictObject({ tunnelId }),
    result: z.object({}),
    role: 'operator',
    effect: 'destructive',
    help: 'Ends a tunnel and forgets it, with its secret and its requests.',
    example: { tunnelId: 'TU-AB12CD34' },
  },
  'tunnels.test': {
    params: z.strictObject({ tunnelId }),
    result: z.object({ steps: z.array(testStep) }),
    role: 'operator',
    effect: 'read',
    help: 'Tries the way: the local service, the gateway, and a request from outside.',
    example: { tunnelId: 'TU-AB12CD34' },
  },
  'tunnels.requests': {
    params: z.strictObject({
      tunnelId: tunnelId.optional(),
      after: z.number().int().min(0).default(0).describe('Highest revision that is known already; 0: the newest ones'),
      filter: z.string().max(500).optional().describe('For example status>=400 path~/api method=POST'),
      limit: z.number().int().min(1).max(500).default(200),
      waitMs: z.number().int().min(0).max(20_000).default(0).describe('How long to wait when there is nothing newer'),
    }),
    result: z.object({
      requests: z.array(tunnelRequestSchema).describe('Oldest revision first'),
      revision: z.number().describe('To go on from'),
      dropped: z.number().describe('No longer kept, since the node started'),
    }),
    role: 'operator',
    effect: 'read',
    help: 'Requests through the tunnels of this node, as they come.',
    quiet: true,
    waits: true,
  },
  'tunnels.request': {
    params: z.strictObject({ requestId }),
    result: tunnelRequestDetailSchema,
    role: 'operator',
    effect: 'read',
    help: 'One request with headers, bodies and timing, as far as they were captured.',
    example: { requestId: 'R-1' },
    quiet: true,
  },
  'tunnels.replay': {
    params: z.strictObject({
      requestId,
      method: z.string().max(32).optional(),
      path: z.string().max(8_192).optional(),
      headers: headerListSchema.optional(),
      bodyBase64: z.string().max(700_000).optional(),
    }),
    result: z.object({
      requestId: z.string(),
      withheldHeaders: z.array(z.string()).describe('Headers that the request had and the replay has not: their values are never kept'),
    }),
    role: 'operator',
    effect: 'write',
    help: 'Sends a captured request to the local service again, changed or not; it carries the header Signalbox-Replay.',
    secretParams: ['headers', 'bodyBase64'],
    example: { requestId: 'R-1' },
  },
  'tunnels.clearRequests': {
    params: z.strictObject({ tunnelId }),
    result: z.object({ removed: z.number().int() }),
    role: 'operator',
    effect: 'destructive',
    help: 'Forgets the requests of a tunnel that were kept.',
    example: { tunnelId: 'TU-AB12CD34' },
  },
});
