/** What the settings of a node say of its gateway. */
import type { ResultOf } from '../../../../common/contract/index.ts';
import type { NodeStatus } from '../../../../common/contract/node.ts';
import { parsePorts } from '../../../../common/port-list.ts';
import type { Config, SettingKey } from '../../config/index.ts';
import { isLoopback } from '../../loopback.ts';
import { reachableAddresses } from '../../membership/own-addresses.ts';
import { publicUrl } from './public-address.ts';
import type { GatewayWorkerData } from './worker-messages.ts';

export type GatewayStatus = ResultOf<'gateway.status'>;

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Whether a change of a setting starts the gateway anew. */
export function startsAnew(key: SettingKey): boolean {
  return key.startsWith('gateway.') && key !== 'gateway.agentsUrl';
}

/** @returns why a gateway must not be started so, with what to do; undefined: it may */
export function refusalOf(config: Config): string | undefined {
  const host = config.get('gateway.publicHost');
  if (!isLoopback(host) && config.get('gateway.publicTls') === 'off' && !config.get('gateway.allowPlainPublic'))
    return `It does not listen on ${host} without TLS. Set gateway.publicTls to own or files; or, when a proxy in front of it ends TLS, turn gateway.allowPlainPublic on.`;
  if (config.get('gateway.publicTls') === 'files' && config.get('gateway.certificates') === '')
    return 'gateway.publicTls is files, and gateway.certificates names no folder. Name the folder with the certificates.';
  if (parsePorts(config.get('gateway.tcpPorts')) === undefined)
    return 'gateway.tcpPorts is not a list of ports and ranges from 1 to 65535 with 1,000 ports at most, such as 20000-20099.';
  return undefined;
}

/** Listeners as they are set. */
export function listenersOf(config: Config): Pick<GatewayWorkerData, 'agents' | 'public' | 'tcpPorts'> {
  return {
    agents: {
      host: config.get('gateway.agentsHost'),
      port: config.get('gateway.agentsPort'),
      allowPlain: config.get('gateway.allowPlainAgents'),
    },
    public: {
      host: config.get('gateway.publicHost'),
      port: config.get('gateway.publicPort'),
      domain: config.get('gateway.domain'),
      tls: config.get('gateway.publicTls'),
      folder: config.get('gateway.certificates'),
    },
    tcpPorts: parsePorts(config.get('gateway.tcpPorts')) ?? [],
  };
}

/** Names that the node's own certificate has to have for its gateway. */
export function certificateHosts(config: Config): string[] {
  const host = config.get('gateway.agentsHost');
  return [...new Set(['localhost', '127.0.0.1', config.get('gateway.domain'), ...(wildcards.has(host) ? [] : [host])])];
}

/** What agents are given, with the path. @param port that is listened on; undefined: none. @returns null: not known */
export function agentsUrlOf(config: Config, port: number | undefined): string | null {
  const set = config.get('gateway.agentsUrl');
  if (set !== '') return set.replace(/^(wss?:\/\/[^/]+)\/?$/, '$1/tunnel');
  if (port === undefined) return null;
  const host = config.get('gateway.agentsHost');
  if (isLoopback(host)) return `ws://${bracketed(host)}:${port}/tunnel`;
  const shown = wildcards.has(host) ? (reachableAddresses(host, port)[0]?.host ?? host) : host;
  return `wss://${bracketed(shown)}:${port}/tunnel`;
}

/** The gateway's two doors in the list of a node's listeners; none while it is off. */
export function describeListeners({ state, detail, agents, agentsUrl, public: clients, domain }: GatewayStatus): NodeStatus['listeners'] {
  if (state === 'off' || state === 'starting') return [];
  const door = (name: string, { host, port }: { readonly host: string; readonly port: number | null }, where: string | null) => ({
    name,
    address: host,
    port,
    state: state === 'running' ? ('listening' as const) : ('failed' as const),
    detail: state === 'running' ? where : detail,
  });
  return [
    door('gateway for agents', agents, agentsUrl),
    door('gateway for clients', clients, publicUrl('http', 'NAME', { port: clients.port ?? 0, tls: clients.tls, domain }, undefined)),
  ];
}

/** Why it did not start, in the words of the settings. @param systemCode for example EACCES */
export function startFailure(message: string, systemCode: string | undefined, config: Config): string {
  if (systemCode === 'EACCES')
    return `This user may not listen on port ${config.get('gateway.agentsPort')} or ${config.get('gateway.publicPort')}. Set gateway.agentsPort and gateway.publicPort to ones above 1023.`;
  if (systemCode === 'EADDRNOTAVAIL')
    return 'This machine does not have the address of gateway.agentsHost or gateway.publicHost. Set them to ones that it has.';
  return message;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
