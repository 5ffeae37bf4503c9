import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultDataFolder } from '../../node/config/index.ts';
import type { SignalboxNode } from '../../node/node.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';
import { settledGateway } from '../tunnel/gateway-status.ts';
import { findConsoleFolder, overridesOf, type StartOptions, withStartOptions } from './start.ts';

interface HostPort {
  readonly host: string;
  readonly port: number;
}

interface GatewayFlags extends StartOptions {
  readonly agents?: HostPort;
  readonly public?: HostPort;
  readonly domain?: string;
  readonly agentsUrl?: string;
  readonly publicTls?: 'off' | 'own' | 'files';
  readonly certificates?: string;
  readonly tcpPorts?: string;
  readonly allowPlain?: boolean;
}

/** `signalbox gateway`: resolves when the node has stopped. */
export function addGatewayCommand(program: Command, io: CliIo): void {
  const gateway = program
    .command('gateway')
    .description('run a node here whose gateway is on, until Ctrl-C: agents sign in to it, and it answers for their services')
    .option('--agents <host:port>', 'where agents sign in (default 127.0.0.1:8080); beyond this machine with TLS', parseHostPort)
    .option('--public <host:port>', 'where clients come in (default 127.0.0.1:8082)', parseHostPort)
    .option('--domain <domain>', 'the tunnel NAME answers as NAME.DOMAIN (default localhost)')
    .option('--agents-url <url>', 'address that agents are told, when they reach it under another name')
    .addOption(
      new Option('--public-tls <how>', "off, own (the node's own certificate) or files (--certificates)").choices(['off', 'own', 'files']),
    )
    .option('--certificates <folder>', 'pairs NAME.crt and NAME.key, for --public-tls files')
    .option('--tcp-ports <ports>', 'ports for TCP tunnels, such as 20000-20099')
    .option('--allow-plain', 'clients of other machines may come without TLS, for example behind a proxy that ends it');
  withStartOptions(gateway).action(async (options: GatewayFlags, command: Command) => {
    const out = new Output(io, command.optsWithGlobals<StartOptions>().json === true);
    // Loaded only here: the other commands need no node.
    const { runNode } = await import('../run-node.ts');
    const dataFolder = resolve(options.data ?? defaultDataFolder());
    await runNode({
      out,
      dataFolder,
      overrides: { ...overridesOf(options), ...gatewaySettingsOf(options) },
      consoleFolder: options.console ? findConsoleFolder() : undefined,
      onStarted: (node) => announceGateway(out, node, dataFolder),
    });
  });
}

function gatewaySettingsOf(options: GatewayFlags): Record<string, unknown> {
  const { agents, public: clients, domain, agentsUrl, publicTls, certificates, tcpPorts, allowPlain } = options;
  return {
    'gateway.enabled': true,
    ...(agents !== undefined && { 'gateway.agentsHost': agents.host, 'gateway.agentsPort': agents.port }),
    ...(clients !== undefined && { 'gateway.publicHost': clients.host, 'gateway.publicPort': clients.port }),
    ...(domain !== undefined && { 'gateway.domain': domain.toLowerCase() }),
    ...(agentsUrl !== undefined && { 'gateway.agentsUrl': agentsUrl }),
    ...(publicTls !== undefined && { 'gateway.publicTls': publicTls }),
    ...(certificates !== undefined && { 'gateway.certificates': resolve(certificates) }),
    ...(tcpPorts !== undefined && { 'gateway.tcpPorts': tcpPorts }),
    ...(allowPlain === true && { 'gateway.allowPlainPublic': true }),
  };
}

/** Says where the gateway listens, once it does or has failed to. */
async function announceGateway(out: Output, node: SignalboxNode, dataFolder: string): Promise<void> {
  const status = await settledGateway(node);
  if (out.json) {
    const { state, detail, agents, agentsUrl, public: clients, domain, exposure } = status;
    out.jsonLine({ event: 'gateway', state, detail, agents, agentsUrl, public: clients, domain, exposure });
    return;
  }
  out.line();
  if (status.state !== 'running') {
    out.line(`The gateway does not run (${status.state}). ${status.detail}`);
    return;
  }
  const { agents, public: clients, domain } = status;
  out.fields([
    ['agents', `${status.agentsUrl ?? '-'} (listening on ${agents.host}:${agents.port ?? '-'})`],
    ['clients', `${clients.tls ? 'https' : 'http'}://NAME.${domain}:${clients.port ?? '-'} (listening on ${clients.host})`],
  ]);
  out.line();
  out.line('To expose a service, make a token here, and use it where the service runs:');
  out.line(`  signalbox tunnel token create TITLE --data ${dataFolder}`);
  out.line(`  signalbox tunnel connect --gateway ${status.agentsUrl ?? 'wss://…'} --token TOKEN --id NAME --to localhost:3000`);
}

/** `0.0.0.0:8080`, `8080` (this machine alone), `[::]:8080`. @throws InvalidArgumentError */
function parseHostPort(text: string): HostPort {
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([^:\s/@[\]]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) throw new InvalidArgumentError('Give host and port such as 0.0.0.0:8080.');
  return { host: bracketed ?? plain ?? '127.0.0.1', port };
}
