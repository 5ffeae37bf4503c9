/** The settings of a gateway as a form holds them. */

/** What the form changes. */
export interface GatewayForm {
  readonly 'gateway.domain': string;
  readonly 'gateway.publicHost': string;
  readonly 'gateway.publicPort': number;
  readonly 'gateway.publicTls': 'off' | 'own' | 'files';
  readonly 'gateway.certificates': string;
  readonly 'gateway.agentsHost': string;
  readonly 'gateway.agentsPort': number;
  readonly 'gateway.agentsUrl': string;
  readonly 'gateway.allowPlainAgents': boolean;
  readonly 'gateway.tcpPorts': string;
  readonly 'gateway.allowPlainPublic': boolean;
}

/** What the node has when nobody has set anything: shown until it answers. */
export const usualGateway: GatewayForm = {
  'gateway.domain': 'localhost',
  'gateway.publicHost': '127.0.0.1',
  'gateway.publicPort': 8_082,
  'gateway.publicTls': 'off',
  'gateway.certificates': '',
  'gateway.agentsHost': '127.0.0.1',
  'gateway.agentsPort': 8_080,
  'gateway.agentsUrl': '',
  'gateway.allowPlainAgents': false,
  'gateway.tcpPorts': '',
  'gateway.allowPlainPublic': false,
};

export const gatewayKeys = Object.keys(usualGateway) as (keyof GatewayForm)[];

/** Settings as `config.get` answers them, as the form holds them. */
export function gatewayFormOf(values: Readonly<Record<string, unknown>>): GatewayForm {
  const known = Object.fromEntries(gatewayKeys.filter((key) => values[key] !== undefined).map((key) => [key, values[key]]));
  return { ...usualGateway, ...known };
}

/** What the form has changed. */
export function changedSettings(before: GatewayForm, now: GatewayForm): Readonly<Partial<GatewayForm>> {
  return Object.fromEntries(gatewayKeys.filter((key) => before[key] !== now[key]).map((key) => [key, now[key]]));
}

const loopback = /^(127\.|::1$|localhost$)/;

export function isLoopback(host: string): boolean {
  return loopback.test(host);
}
