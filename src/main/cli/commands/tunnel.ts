import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { ParamsOf } from '../../../common/contract/index.ts';
import { captureSchema, type TunnelInfo } from '../../../common/contract/tunnels.ts';
import { contextOf } from '../command-context.ts';
import { exitCodes, Interrupted, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatBytes, formatRate, parseBytes } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { findTunnel } from '../tunnel/find-tunnel.ts';
import { accessOf, parseAgentId, type TunnelFlags, withSignInOptions, withTunnelOptions } from '../tunnel/options.ts';
import { readTokenSecret } from '../tunnel/secrets.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { addTunnelConnectCommand, parseGateway, parseToken } from './tunnel-connect.ts';
import { addTunnelGatewayCommands } from './tunnel-gateway.ts';
import { addTunnelInspectCommand } from './tunnel-inspect.ts';

/** How long `expose` waits for the gateway's word. */
const upWithinMs = 15_000;
const lookEveryMs = 200;

/** `signalbox tunnel …` */
export function addTunnelCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const tunnel = program
    .command('tunnel')
    .description('expose local services through a gateway, watch their requests, and manage the gateway of a node');
  addTunnelConnectCommand(tunnel, io);
  addExposeCommand(tunnel, io, setExitCode);
  addListCommand(tunnel, io);
  addChangeCommands(tunnel, io);
  addTestCommand(tunnel, io, setExitCode);
  addTunnelInspectCommand(tunnel, io);
  addTunnelGatewayCommands(tunnel, io);
}

interface ExposeFlags extends TunnelFlags, NodeFlag {
  readonly gateway?: string;
  readonly token?: string;
}

function addExposeCommand(tunnel: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const expose = withNodeOption(tunnel.command('expose'))
    .argument('<name>', 'name of the tunnel, the first part of its host name', parseAgentId)
    .description('let a node expose a local service, now and after each start; see also: tunnel connect')
    .option('--gateway <node-or-url>', 'a node of the cluster, or wss://… with --token; the one gateway of the cluster when left out')
    .option('--token <id>', 'id of a token, for a gateway by its address', parseToken);
  withSignInOptions(withTunnelOptions(expose)).action(async (name: string, options: ExposeFlags, command: Command) => {
    const { out, withNode } = contextOf(command, io);
    const { to: target, kind, hostHeader, publicPort, links } = options;
    const byAddress = await signInOf(io, out, options);
    const access = await accessOf(io, options, byAddress !== undefined);
    const info = await withNode(async (client, signal) => {
      const gateway = byAddress ?? { nodeId: await gatewayNode(client, options.gateway, signal) };
      const params: ParamsOf<'tunnels.create'> = {
        agentId: name,
        gateway,
        kind,
        target,
        hostHeader,
        access,
        links,
        ...(publicPort !== undefined && { publicPort }),
      };
      const { tunnelId } = await client.call('tunnels.create', params, { signal, ...atNode(options) });
      return untilSettled(client, tunnelId, options, signal);
    });
    if (out.json) out.jsonLine(info);
    else printOutcome(out, info);
    if (info.state !== 'up') setExitCode(exitCodes.failed);
  });
}

/** How to sign in at a gateway by its address; undefined when a node is meant. */
async function signInOf(io: CliIo, out: Output, options: ExposeFlags) {
  const { gateway, token, legacy, checkCertificate } = options;
  if (gateway === undefined || !/^wss?:\/\//.test(gateway)) {
    if (token !== undefined)
      throw new UsageError('--token goes with the address of a gateway: --gateway wss://…. A node makes a token by itself.');
    return undefined;
  }
  if (token === undefined) throw new UsageError('The address of a gateway needs --token, and its secret.');
  return {
    url: parseGateway(gateway),
    tokenId: token,
    secret: await readTokenSecret(io, out, options),
    legacy: legacy === true,
    verify: checkCertificate === true ? ('authority' as const) : ('token' as const),
  };
}

/** The node that a person named, or the only gateway that there is. @throws UsageError there is none, or several */
async function gatewayNode(client: NodeClient, wanted: string | undefined, signal: AbortSignal): Promise<string> {
  if (wanted !== undefined) return (await client.call('nodes.get', { node: wanted }, { signal })).nodeId;
  const { nodes } = await client.call('nodes.list', { onlineOnly: true }, { signal });
  const gateways = nodes.filter(({ capabilities }) => capabilities.includes('gateway'));
  const [only] = gateways;
  if (gateways.length > 1)
    throw new UsageError(`There are several gateways: ${gateways.map(({ name }) => name).join(', ')}. Choose one with --gateway.`);
  if (only === undefined)
    throw new UsageError('No node of the cluster is a gateway. Turn one on with: signalbox config set gateway.enabled=true');
  return only.nodeId;
}

/** Waits until the gateway has said yes or no. */
async function untilSettled(client: NodeClient, tunnelId: string, options: NodeFlag, signal: AbortSignal): Promise<TunnelInfo> {
  const deadline = performance.now() + upWithinMs;
  for (;;) {
    const info = await findTunnel(client, tunnelId, options, signal);
    if (info.state !== 'connecting' || performance.now() > deadline) return info;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    if (signal.aborted) throw new Interrupted('yes');
  }
}

function printOutcome(out: Output, { agentId, state, publicUrls, exposure, lastError }: TunnelInfo): void {
  if (state !== 'up') {
    out.line(`${agentId} is set up and not connected (${state}).`);
    if (lastError !== null) out.note(lastError.message);
    return;
  }
  out.line(publicUrls.length === 0 ? `${agentId} is connected.` : publicUrls.join('  '));
  if (exposure === 'public' || exposure === 'network')
    out.note(`It can be reached from ${exposure === 'public' ? 'the internet' : 'the network'}, by everybody whom its rules let in.`);
}

function addListCommand(tunnel: Command, io: CliIo): void {
  withNodeOption(tunnel.command('list'))
    .description('list the tunnels of a node with their addresses and figures')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { tunnels } = await withNode((client, signal) => client.call('tunnels.list', {}, { signal, ...atNode(options) }));
      if (out.json) for (const info of tunnels) out.jsonLine(info);
      else if (tunnels.length === 0)
        out.line('There is no tunnel. Expose a service with: signalbox tunnel expose NAME --to localhost:3000');
      else printTunnels(out, tunnels);
    });
}

function printTunnels(out: Output, tunnels: readonly TunnelInfo[]): void {
  out.table(
    ['name', 'state', 'service', 'address', 'req/s', 'p95', 'in', 'out', 'captured', 'id'],
    tunnels.map((info) => [
      info.agentId,
      info.state,
      `${info.target.host}:${info.target.port}`,
      info.publicUrls[0],
      formatRate(info.requestsPerSecond),
      info.p95Ms === null ? null : `${Math.round(info.p95Ms)} ms`,
      formatBytes(info.bytesIn),
      formatBytes(info.bytesOut),
      info.capture.level,
      info.tunnelId,
    ]),
  );
  for (const { agentId, state, lastError, nextTryAt } of tunnels)
    if (lastError !== null && state !== 'up')
      out.note(`${agentId}: ${lastError.message}${nextTryAt === null ? '' : ` Next try at ${formatTime(nextTryAt)}.`}`);
}

function addChangeCommands(tunnel: Command, io: CliIo): void {
  withNodeOption(tunnel.command('close <tunnel>'))
    .description('end a tunnel and forget it, with its secret and its requests')
    .option('--keep', 'only turn it off: tunnel open turns it on again')
    .option('--yes', 'do not ask')
    .action(async (name: string, options: NodeFlag & { readonly keep?: boolean; readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const keep = options.keep === true;
      if (!keep && options.yes !== true && !(await confirmByTyping(io, `End the tunnel ${name} and forget it?`, name)))
        throw new UsageError(`${name} was not closed. Type its name when asked, or add --yes; --keep only turns it off.`);
      const { tunnelId, agentId } = await withNode(async (client, signal) => {
        const info = await findTunnel(client, name, options, signal);
        const call = { signal, ...atNode(options) };
        if (keep) await client.call('tunnels.update', { tunnelId: info.tunnelId, enabled: false }, call);
        else await client.call('tunnels.delete', { tunnelId: info.tunnelId }, call);
        return info;
      });
      if (out.json) out.jsonLine({ tunnelId, kept: keep });
      else out.line(keep ? `${agentId} is off.` : `${agentId} is closed and forgotten.`);
    });

  withNodeOption(tunnel.command('open <tunnel>'))
    .description('turn on a tunnel that is off')
    .action(async (name: string, options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const info = await withNode(async (client, signal) => {
        const { tunnelId } = await findTunnel(client, name, options, signal);
        await client.call('tunnels.update', { tunnelId, enabled: true }, { signal, ...atNode(options) });
        return untilSettled(client, tunnelId, options, signal);
      });
      if (out.json) out.jsonLine(info);
      else printOutcome(out, info);
    });

  withNodeOption(tunnel.command('capture <tunnel>'))
    .description('what is kept of the requests of a tunnel from now on: nothing but lines, headers, or bodies too')
    .addOption(new Option('--level <level>', 'off, heads or bodies').choices(captureSchema.shape.level.options).makeOptionMandatory())
    .option('--body-limit <size>', 'of each body, 1KiB to 1MiB', parseBodyLimit)
    .option('--redact <header...>', 'headers to hide besides authorization, proxy-authorization, cookie, set-cookie and x-api-key')
    .action(async (name: string, options: NodeFlag & CaptureFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const capture = await withNode(async (client, signal) => {
        const { tunnelId, capture: before } = await findTunnel(client, name, options, signal);
        const wanted = {
          level: options.level,
          maxBodyBytes: options.bodyLimit ?? before.maxBodyBytes,
          redactedHeaders: [...(options.redact ?? before.redactedHeaders)],
        };
        await client.call('tunnels.update', { tunnelId, capture: wanted }, { signal, ...atNode(options) });
        return wanted;
      });
      if (out.json) out.jsonLine(capture);
      else out.line(captureSentence(name, capture));
    });
}

interface CaptureFlags {
  readonly level: TunnelInfo['capture']['level'];
  readonly bodyLimit?: number;
  readonly redact?: readonly string[];
}

function captureSentence(name: string, { level, maxBodyBytes, redactedHeaders }: TunnelInfo['capture']): string {
  if (level === 'off') return `Only lines are kept of the requests of ${name}.`;
  const also = redactedHeaders.length === 0 ? '' : ` Hidden besides the usual ones: ${redactedHeaders.join(', ')}.`;
  const bodies = level === 'bodies' ? ` and the first ${formatBytes(maxBodyBytes)} of each body` : '';
  return `Headers${bodies} of the requests of ${name} are kept in the memory of its node.${also}`;
}

function addTestCommand(tunnel: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withNodeOption(tunnel.command('test <tunnel>'))
    .description('try the way: the local service, the gateway, and a request from outside')
    .action(async (name: string, options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { steps } = await withNode(async (client, signal) => {
        const { tunnelId } = await findTunnel(client, name, options, signal);
        return client.call('tunnels.test', { tunnelId }, { signal, ...atNode(options) });
      });
      if (out.json) for (const step of steps) out.jsonLine(step);
      else
        out.table(
          ['step', 'ok', 'time', 'what'],
          steps.map(({ step, ok, detail, ms }) => [
            stepNames[step],
            ok ? 'yes' : 'no',
            ms === null ? null : `${Math.round(ms)} ms`,
            detail,
          ]),
        );
      if (steps.some(({ ok }) => !ok)) setExitCode(exitCodes.failed);
    });
}

const stepNames = { service: 'local service', gateway: 'gateway', roundTrip: 'from outside' } as const;

function parseBodyLimit(text: string): number {
  const bytes = parseBytes(text);
  if (!captureSchema.shape.maxBodyBytes.safeParse(bytes).success) throw new InvalidArgumentError('Give a size from 1KiB to 1MiB.');
  return bytes;
}
