import { z } from 'zod';
import { defineService } from './define.ts';
import { accessRulesSchema, agentIdSchema, shownAccessRulesSchema, tokenIdPattern, tunnelKindSchema } from './tunnels.ts';

const tokenId = z.string().regex(tokenIdPattern, 'letters, digits, dots, hyphens, underscores');
const routeId = z.string().regex(/^RO-[A-Z0-9]{8}$/, 'RO- and eight of A to Z and 0 to 9');

const listenerSchema = z.object({ host: z.string(), port: z.number().int().nullable(), tls: z.boolean() });

export const gatewaySessionSchema = z.object({
  sessionId: z.string(),
  agentId: z.string(),
  kind: tunnelKindSchema,
  tokenId: z.string(),
  protocol: z.enum(['v1', 'legacy']),
  agentVersion: z.string().nullable(),
  nodeId: z.string().nullable().describe('When the agent is a node and says so'),
  remoteAddress: z.string(),
  tls: z.boolean(),
  state: z.enum(['up', 'draining', 'grace']).describe('grace: the connection is gone, requests wait a moment for it to come back'),
  since: z.number(),
  links: z.number().int(),
  rttMs: z.number().nullable(),
  inFlight: z.number().int(),
  requests: z.number(),
  bytesIn: z.number().describe('To the agent'),
  bytesOut: z.number(),
});
export type GatewaySession = z.infer<typeof gatewaySessionSchema>;

export const gatewayRouteSchema = z.object({
  routeId: z.string().nullable().describe('null: it is there because an agent of that name is'),
  kind: tunnelKindSchema,
  host: z.string().nullable().describe('Host name, or *.domain; null for TCP'),
  pathPrefix: z.string().describe('/ for all'),
  port: z.number().int().nullable().describe('TCP alone'),
  agentId: z.string(),
  url: z.string().describe('Where it answers'),
  access: shownAccessRulesSchema,
  state: z.enum(['up', 'grace', 'down']),
  requestsPerSecond: z.number(),
  p95Ms: z.number().nullable(),
  errorRatio: z.number().nullable(),
  refused: z.number().describe('By its rules, since start'),
});
export type GatewayRoute = z.infer<typeof gatewayRouteSchema>;

export const gatewayTokenSchema = z.object({
  tokenId: z.string(),
  name: z.string(),
  agentIds: z.array(z.string()).describe('Names that may sign in with it; a trailing * stands for any ending'),
  kinds: z.array(tunnelKindSchema),
  legacy: z.boolean().describe('Agents of the first system may use it, over TLS or on this machine'),
  duplicates: z.enum(['replace', 'reject', 'pool']).describe('What a second agent of one name does'),
  createdAt: z.number(),
  createdBy: z.string(),
  rotatedAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
  sessions: z.number().int(),
});
export type GatewayToken = z.infer<typeof gatewayTokenSchema>;

const secretResult = z.object({ tokenId: z.string(), secret: z.string().describe('Told once') });

/** The gateway of this node: agents sign in to it, and it answers for their services (seed 5, the gateway's side). */
export const gatewayContract = defineService({
  'gateway.status': {
    params: z.strictObject({}),
    result: z.object({
      state: z.enum(['off', 'starting', 'running', 'failed']),
      detail: z.string().describe('For people: why it failed, or empty'),
      agents: listenerSchema.describe('Where agents sign in'),
      agentsUrl: z.string().nullable().describe('What an agent is given'),
      public: listenerSchema.describe('Where clients come in'),
      domain: z.string().describe('NAME.domain is the address of a tunnel'),
      tcpPorts: z.string().describe('Ports and ranges that TCP tunnels may have, such as 20000-20099; empty: none'),
      exposure: z.enum(['thisMachine', 'network', 'public']),
      sessions: z.number().int(),
      inFlight: z.number().int(),
      requests: z.number(),
      requestsPerSecond: z.number(),
      bytesIn: z.number(),
      bytesOut: z.number(),
      refused: z.number().describe('Requests refused by rules or because something was full, since start'),
      signInFailures: z.number(),
    }),
    role: 'viewer',
    effect: 'read',
    help: 'The gateway of this node: its listeners and figures.',
    quiet: true,
  },
  'gateway.sessions': {
    params: z.strictObject({}),
    result: z.object({ sessions: z.array(gatewaySessionSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Agents that are signed in.',
    quiet: true,
  },
  'gateway.closeSession': {
    params: z.strictObject({ sessionId: z.string().max(64) }),
    result: z.object({}),
    role: 'operator',
    effect: 'destructive',
    help: 'Closes the connection of an agent; it may sign in again unless its token is revoked.',
    example: { sessionId: 'S-1' },
  },
  'gateway.routes': {
    params: z.strictObject({}),
    result: z.object({ routes: z.array(gatewayRouteSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Every address that the gateway answers for, with state and figures.',
    quiet: true,
  },
  'gateway.createRoute': {
    params: z.strictObject({
      kind: z.enum(['http', 'tls']).default('http'),
      host: z
        .string()
        .regex(/^(\*\.)?[a-z0-9.-]{1,253}$/, 'a host name, or *. and a domain')
        .describe('Host name that leads here, besides NAME.domain'),
      pathPrefix: z
        .string()
        .regex(/^\/[^?#\s]{0,255}$/, 'begins with a slash')
        .default('/'),
      stripPrefix: z.boolean().default(false).describe('The service sees the path without the prefix'),
      agentId: agentIdSchema,
      access: accessRulesSchema.optional(),
    }),
    result: z.object({ routeId: z.string() }),
    role: 'admin',
    effect: 'write',
    help: 'Lets a host name, or the paths below a prefix of it, lead to an agent.',
    secretParams: ['access.basicAuth.password'],
    example: { host: 'orders.example.com', agentId: 'press-07' },
  },
  'gateway.deleteRoute': {
    params: z.strictObject({ routeId }),
    result: z.object({}),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes a route; what is on the way through it is ended.',
    example: { routeId: 'RO-AB12CD34' },
  },
  'gateway.tokens': {
    params: z.strictObject({}),
    result: z.object({ tokens: z.array(gatewayTokenSchema) }),
    role: 'admin',
    effect: 'read',
    help: 'Tokens with which agents sign in, without their secrets.',
    quiet: true,
  },
  'gateway.createToken': {
    params: z.strictObject({
      name: z.string().min(1).max(128).describe('For people'),
      agentIds: z
        .array(z.string().regex(/^[a-z0-9-]{0,62}\*?$/, 'a name, or its beginning and *'))
        .min(1)
        .max(32)
        .default(['*']),
      kinds: z.array(tunnelKindSchema).min(1).default(['http']),
      duplicates: z.enum(['replace', 'reject', 'pool']).default('replace'),
      legacy: z.boolean().default(false),
      tokenId: tokenId.optional().describe('One that agents of the first system have already; absent: a new one'),
      secret: z.string().min(16).max(256).optional().describe('Likewise'),
    }),
    result: secretResult,
    role: 'admin',
    effect: 'write',
    help: 'Makes a token; its secret is told once.',
    secretParams: ['secret'],
    secretResult: true,
    example: { name: 'Presses of hall 2', agentIds: ['press-*'] },
  },
  'gateway.rotateToken': {
    params: z.strictObject({
      tokenId,
      graceMs: z.number().int().min(0).max(86_400_000).default(0).describe('How long the old secret still opens'),
    }),
    result: secretResult,
    role: 'admin',
    effect: 'write',
    help: 'Gives a token a new secret. Sessions of the old one end when its grace does.',
    secretResult: true,
    example: { tokenId: 'T-AB12CD34' },
  },
  'gateway.revokeToken': {
    params: z.strictObject({ tokenId }),
    result: z.object({ closedSessions: z.number().int() }),
    role: 'admin',
    effect: 'destructive',
    help: 'Ends a token for good and closes its sessions.',
    example: { tokenId: 'T-AB12CD34' },
  },
});
