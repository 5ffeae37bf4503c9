import { type Command, Option } from 'commander';
import type { GatewayRoute, GatewaySession, GatewayToken } from '../../../common/contract/gateway.ts';
import { tunnelKindSchema } from '../../../common/contract/tunnels.ts';
import { contextOf } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount, formatRate, parseDurationMs } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { parseAgentId } from '../tunnel/options.ts';
import { readTokenSecret } from '../tunnel/secrets.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { parseToken } from './tunnel-connect.ts';

/** `signalbox tunnel token …`, `tunnel sessions` and `tunnel routes …`: the gateway of a node. */
export function addTunnelGatewayCommands(tunnel: Command, io: CliIo): void {
  addTokenCommands(tunnel.command('token').description('tokens with which agents sign in at the gateway of a node'), io);
  addSessionCommands(tunnel, io);
  addRouteCommands(tunnel.command('routes').description('addresses that the gateway of a node answers for'), io);
}

interface TokenFlags extends NodeFlag {
  readonly names?: readonly string[];
  readonly kinds?: GatewayToken['kinds'];
  readonly duplicates: GatewayToken['duplicates'];
  readonly legacy?: boolean;
  readonly id?: string;
  readonly secret?: string;
  readonly secretFile?: string;
}

function addTokenCommands(token: Command, io: CliIo): void {
  withNodeOption(token.command('create <title>'))
    .description('make a token; its secret is printed once')
    .option('--names <name...>', 'tunnels that may sign in with it, press-* for a beginning; all when left out')
    .addOption(new Option('--kinds <kind...>', 'what may pass (default http)').choices(tunnelKindSchema.options))
    .addOption(
      new Option('--duplicates <what>', 'what a second agent of one name does').choices(['replace', 'reject', 'pool']).default('replace'),
    )
    .option('--legacy', 'agents of the first system may use it, over TLS or on this machine')
    .option('--id <id>', 'one that agents of the first system have already, with its secret', parseToken)
    .option('--secret <secret>', 'for --id; other users of this machine can see it: better the next')
    .option('--secret-file <file>', 'for --id: file with the secret; else SIGNALBOX_TUNNEL_SECRET, or the first line of stdin')
    .action(async (title: string, options: TokenFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { names, kinds, duplicates, legacy, id } = options;
      if (id === undefined && (options.secret !== undefined || options.secretFile !== undefined))
        throw new UsageError('A secret of your own goes with --id. Without it the gateway makes both.');
      const params = {
        name: title,
        duplicates,
        ...(names !== undefined && { agentIds: [...names] }),
        ...(kinds !== undefined && { kinds: [...kinds] }),
        ...(legacy === true && { legacy }),
        ...(id !== undefined && { tokenId: id, secret: await readTokenSecret(io, out, options) }),
      };
      const made = await withNode(async (client, signal) => {
        const call = { signal, ...atNode(options) };
        const result = await client.call('gateway.createToken', params, call);
        return { ...result, agentsUrl: (await client.call('gateway.status', {}, call)).agentsUrl };
      });
      printSecret(out, made, id === undefined);
      if (!out.json) printConnect(out, made.tokenId, made.agentsUrl, names?.[0]);
    });

  withNodeOption(token.command('list'))
    .description('list tokens with who may use them, without their secrets')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { tokens } = await withNode((client, signal) => client.call('gateway.tokens', {}, { signal, ...atNode(options) }));
      if (out.json) for (const each of tokens) out.jsonLine(each);
      else if (tokens.length === 0) out.line('There is no token. Make one with: signalbox tunnel token create TITLE');
      else printTokens(out, tokens);
    });

  withNodeOption(token.command('rotate <token>'))
    .description('give a token a new secret, which is printed once')
    .option('--grace <time>', 'how long the old secret still opens, such as 1h (default: no longer)', parseDurationMs)
    .action(async (tokenId: string, options: NodeFlag & { readonly grace?: number }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { tokenId, ...(options.grace !== undefined && { graceMs: options.grace }) };
      const made = await withNode((client, signal) => client.call('gateway.rotateToken', params, { signal, ...atNode(options) }));
      printSecret(out, made, true);
    });

  withNodeOption(token.command('revoke <token>'))
    .description('end a token for good and close its sessions')
    .option('--yes', 'do not ask')
    .action(async (tokenId: string, options: NodeFlag & { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Revoke ${tokenId} and close its sessions?`, tokenId)))
        throw new UsageError(`${tokenId} was not revoked. Type its id when asked, or add --yes.`);
      const { closedSessions } = await withNode((client, signal) =>
        client.call('gateway.revokeToken', { tokenId }, { signal, ...atNode(options) }),
      );
      if (out.json) out.jsonLine({ tokenId, closedSessions });
      else out.line(`Revoked ${tokenId}; ${formatCount(closedSessions, 'session was', 'sessions were')} closed.`);
    });
}

interface MadeToken {
  readonly tokenId: string;
  readonly secret: string;
}

function printSecret(out: Output, { tokenId, secret }: MadeToken, isNew: boolean): void {
  if (out.json) {
    out.jsonLine({ tokenId, secret });
    return;
  }
  out.fields([['token', tokenId], ...(isNew ? [['secret', secret] as const] : [])]);
  if (isNew) out.note('The secret is shown this once. Keep it where the agent runs.');
}

function printConnect(out: Output, tokenId: string, agentsUrl: string | null, name: string | undefined): void {
  const id = name === undefined || name.includes('*') ? 'NAME' : name;
  out.note('Use it where the service runs; the secret is asked for:');
  out.note(`  signalbox tunnel connect --gateway ${agentsUrl ?? 'wss://…'} --token ${tokenId} --id ${id} --to localhost:3000`);
}

function printTokens(out: Output, tokens: readonly GatewayToken[]): void {
  out.table(
    ['token', 'title', 'names', 'kinds', 'second agent', 'first system', 'sessions', 'last used', 'made', 'by'],
    tokens.map((token) => [
      token.tokenId,
      token.name,
      token.agentIds.join(', '),
      token.kinds.join(', '),
      token.duplicates,
      token.legacy ? 'yes' : 'no',
      token.sessions,
      formatTime(token.lastUsedAt),
      formatTime(token.createdAt),
      token.createdBy,
    ]),
  );
}

function addSessionCommands(tunnel: Command, io: CliIo): void {
  withNodeOption(tunnel.command('sessions'))
    .description('agents that are signed in at the gateway of a node')
    .option('--close <session>', 'close one; it may sign in again unless its token is revoked')
    .action(async (options: NodeFlag & { readonly close?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { close } = options;
      if (close !== undefined) {
        await withNode((client, signal) => client.call('gateway.closeSession', { sessionId: close }, { signal, ...atNode(options) }));
        if (out.json) out.jsonLine({ sessionId: close, closed: true });
        else out.line(`Closed ${close}.`);
        return;
      }
      const { sessions } = await withNode((client, signal) => client.call('gateway.sessions', {}, { signal, ...atNode(options) }));
      if (out.json) for (const session of sessions) out.jsonLine(session);
      else if (sessions.length === 0) out.line('No agent is signed in.');
      else printSessions(out, sessions);
    });
}

function printSessions(out: Output, sessions: readonly GatewaySession[]): void {
  out.table(
    [
      'agent',
      'state',
      'kind',
      'from',
      'tls',
      'dialect',
      'links',
      'under way',
      'requests',
      'in',
      'out',
      'round trip',
      'since',
      'token',
      'session',
    ],
    sessions.map((session) => [
      session.agentId,
      session.state,
      session.kind,
      session.remoteAddress,
      session.tls ? 'yes' : 'no',
      session.protocol === 'legacy' ? 'first system' : session.protocol,
      session.links,
      session.inFlight,
      session.requests,
      formatBytes(session.bytesIn),
      formatBytes(session.bytesOut),
      session.rttMs === null ? null : `${session.rttMs.toFixed(1)} ms`,
      formatTime(session.since),
      session.tokenId,
      session.sessionId,
    ]),
  );
}

interface RouteFlags extends NodeFlag {
  readonly to: string;
  readonly path: string;
  readonly strip?: boolean;
  readonly tls?: boolean;
}

function addRouteCommands(routes: Command, io: CliIo): void {
  withNodeOption(routes.command('list'))
    .description('list every address that the gateway answers for')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const answer = await withNode((client, signal) => client.call('gateway.routes', {}, { signal, ...atNode(options) }));
      if (out.json) for (const route of answer.routes) out.jsonLine(route);
      else if (answer.routes.length === 0) out.line('The gateway answers for nothing: no agent is signed in, and no route was made.');
      else printRoutes(out, answer.routes);
    });

  withNodeOption(routes.command('add <host>'))
    .description('let a host name, or *.domain, lead to an agent besides NAME.domain')
    .requiredOption('--to <name>', 'name of the tunnel', parseAgentId)
    .option('--path <prefix>', 'only what is below this path', '/')
    .option('--strip', 'the service sees the path without the prefix')
    .option('--tls', 'TLS that the gateway does not open, chosen by its server name')
    .action(async (host: string, options: RouteFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = {
        kind: options.tls === true ? ('tls' as const) : ('http' as const),
        host: host.toLowerCase(),
        pathPrefix: options.path,
        stripPrefix: options.strip === true,
        agentId: options.to,
      };
      const { routeId } = await withNode((client, signal) => client.call('gateway.createRoute', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine({ routeId });
      else out.line(`${params.host}${params.pathPrefix === '/' ? '' : params.pathPrefix} leads to ${options.to} (${routeId}).`);
    });

  withNodeOption(routes.command('remove <route>'))
    .description('remove a route; what is on the way through it is ended')
    .option('--yes', 'do not ask')
    .action(async (routeId: string, options: NodeFlag & { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Remove the route ${routeId}?`, routeId)))
        throw new UsageError(`${routeId} was not removed. Type its id when asked, or add --yes.`);
      await withNode((client, signal) => client.call('gateway.deleteRoute', { routeId }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine({ routeId, removed: true });
      else out.line(`Removed ${routeId}.`);
    });
}

function printRoutes(out: Output, routes: readonly GatewayRoute[]): void {
  out.table(
    ['address', 'kind', 'leads to', 'state', 'req/s', 'p95', 'errors', 'refused', 'who may come in', 'id'],
    routes.map((route) => [
      route.url,
      route.kind,
      route.agentId,
      route.state,
      formatRate(route.requestsPerSecond),
      route.p95Ms === null ? null : `${Math.round(route.p95Ms)} ms`,
      route.errorRatio === null ? null : `${(route.errorRatio * 100).toFixed(1)} %`,
      route.refused,
      whoMayComeIn(route.access),
      route.routeId,
    ]),
  );
}

function whoMayComeIn({ basicAuth, allowedAddresses, requestsPerSecond }: GatewayRoute['access']): string {
  const rules = [
    ...(basicAuth === null ? [] : [`${basicAuth.username} with a password`]),
    ...(allowedAddresses.length === 0 ? [] : [`from ${allowedAddresses.join(', ')}`]),
    ...(requestsPerSecond === null ? [] : [`${requestsPerSecond} a second`]),
  ];
  return rules.length === 0 ? 'everybody' : rules.join('; ');
}
