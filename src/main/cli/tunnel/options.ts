/** Options that describe a tunnel, for `tunnel connect` and `tunnel expose`. */
import { BlockList, isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AccessRules, agentIdPattern, tunnelKindSchema } from '../../../common/contract/tunnels.ts';
import { positiveInteger } from '../commands/call.ts';
import type { CliIo } from '../io.ts';
import { readClientPassword, type SecretFlags, secretFromStdin } from './secrets.ts';

export interface TunnelFlags extends SecretFlags {
  readonly to: { readonly host: string; readonly port: number };
  readonly kind: 'http' | 'tcp' | 'tls';
  readonly hostHeader: string;
  readonly basicAuth?: string;
  readonly allow?: readonly string[];
  readonly requestsPerSecond?: number;
  readonly publicPort?: number;
  readonly links: number;
  readonly legacy?: boolean;
  readonly checkCertificate?: boolean;
}

const mostLinks = 4;

export function withTunnelOptions(command: Command): Command {
  return command
    .requiredOption('--to <host:port>', 'the local service, for example localhost:3000', parseTarget)
    .addOption(new Option('--kind <kind>', 'what passes').choices(tunnelKindSchema.options).default('http'))
    .option('--host-header <name>', 'what the service is told as its host: target, original, or a name of your own', 'target')
    .option('--basic-auth <user>', 'clients give this name and a password, which is asked for or SIGNALBOX_TUNNEL_PASSWORD')
    .option(
      '--allow <address...>',
      'addresses and networks that may come in, for example 192.0.2.0/24; everybody when left out',
      addAddress,
    )
    .option('--requests-per-second <n>', 'of all clients together', positiveInteger)
    .option('--public-port <n>', 'port wanted at the gateway, for --kind tcp', parsePort)
    .option('--links <n>', `parallel connections to the gateway, 1 to ${mostLinks}`, parseLinks, 1);
}

/** Options that say how to sign in at a gateway by its address. */
export function withSignInOptions(command: Command): Command {
  return command
    .option('--secret <secret>', 'secret of the token; other users of this machine can see it: better one of the next')
    .option('--secret-file <file>', 'file with the secret; else SIGNALBOX_TUNNEL_SECRET, or the first line of stdin')
    .option('--legacy', 'the gateway is of the first system')
    .option('--check-certificate', "the gateway's certificate must be of a known authority, besides the proof that it gives");
}

/** Who may come in, with the password asked for. @throws UsageError no password can be asked for */
export async function accessOf(io: CliIo, flags: TunnelFlags, withSecret: boolean): Promise<AccessRules> {
  const { basicAuth, allow = [], requestsPerSecond } = flags;
  return {
    basicAuth:
      basicAuth === undefined
        ? null
        : { username: basicAuth, password: await readClientPassword(io, withSecret && secretFromStdin(flags)) },
    allowedAddresses: [...allow],
    requestsPerSecond: requestsPerSecond ?? null,
  };
}

/** `localhost:3000`, `3000` (this machine), `[::1]:3000`. @throws InvalidArgumentError */
export function parseTarget(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]\s]+)\]|([^:\s/@]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? 'localhost';
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535 || host.length > 253)
    throw new InvalidArgumentError('Give host and port of the local service, such as localhost:3000.');
  return { host, port };
}

/** First label of the tunnel's host name. @throws InvalidArgumentError */
export function parseAgentId(text: string): string {
  if (!agentIdPattern.test(text))
    throw new InvalidArgumentError('Give a name of a to z, 0 to 9 and hyphens, at most 63: it becomes a part of a host name.');
  return text;
}

function parsePort(text: string): number {
  const port = positiveInteger(text);
  if (port > 65_535) throw new InvalidArgumentError('Give a number from 1 to 65535.');
  return port;
}

function parseLinks(text: string): number {
  const links = positiveInteger(text);
  if (links > mostLinks) throw new InvalidArgumentError(`Give a number from 1 to ${mostLinks}.`);
  return links;
}

function addAddress(text: string, before: readonly string[] = []): readonly string[] {
  const [address = '', prefix] = text.split('/');
  const family = isIP(address);
  try {
    if (family === 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) throw new Error('no address');
    new BlockList().addSubnet(address, Number(prefix ?? (family === 4 ? 32 : 128)), family === 4 ? 'ipv4' : 'ipv6');
  } catch {
    throw new InvalidArgumentError('Give an address or a network such as 192.0.2.7 or 192.0.2.0/24.');
  }
  return [...before, text];
}
