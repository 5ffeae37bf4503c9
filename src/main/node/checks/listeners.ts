/** The doors of the node: for consoles, for other nodes, and how far each is open. */
import type { NodeStatus } from '../../../common/contract/node.ts';
import { isLoopback } from '../loopback.ts';
import { type Check, passed } from './check.ts';

type Listener = NodeStatus['listeners'][number];

const networkSettings = '/settings?section=network';
function place(host: string | null, port: number | null): string {
  if (port === 0) return `${host}, any free port`;
  return `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
}

/** @param listener `http` of `node.status` */
export function checkConsole(listener: Listener | undefined): Check {
  if (listener?.state === 'listening')
    return passed('console', `Browsers and the command line reach this node at ${place(listener.address, listener.port)}`);
  if (listener?.state === 'failed' && /certificate|tls/i.test(listener.detail ?? ''))
    return {
      id: 'console',
      state: 'fail',
      title: 'Browsers and the command line cannot reach this node: its certificate cannot be used',
      detail: listener.detail,
      fix: 'Correct the file that is named, or clear http.tlsCertFile and http.tlsKeyFile to use the certificate of the node, and restart it.',
      view: networkSettings,
    };
  if (listener?.state === 'failed')
    return {
      id: 'console',
      state: 'fail',
      title: `The port ${listener.port} for browsers and the command line cannot be had`,
      detail: listener.detail,
      fix: 'Set http.port to a free one (0 takes any), or end the program that holds it, and restart the node.',
      view: networkSettings,
    };
  return passed('console', 'Browsers and the command line are kept out', 'Only the window reaches this node: http.enabled is off.');
}

export interface LinksFacts {
  /** `node links` of `node.status`; undefined while the door is closed. */
  readonly listener: Listener | undefined;
  readonly mode: 'auto' | 'off';
  readonly host: string;
  readonly port: number;
  /** Whether a port can be had: the code of the fault, or undefined. */
  readonly portFault: (host: string, port: number) => Promise<string | undefined>;
}

/** The door for other nodes: taken for a moment while it is still closed, because nobody is in a cluster yet. */
export async function checkLinks({ listener, mode, host, port, portFault }: LinksFacts): Promise<Check> {
  if (mode === 'off')
    return {
      id: 'links',
      state: 'warn',
      title: 'Other nodes cannot reach this one: links are off',
      detail: 'It can be in a cluster, but neither dials the members nor lets any node join.',
      fix: 'Set links.mode to auto and restart the node.',
      view: networkSettings,
    };
  const fault = listener === undefined ? await portFault(host, port) : undefined;
  if (listener?.state === 'failed' || fault !== undefined) return portTaken(listener, place(host, port), fault);
  const where = place(host, listener?.port ?? port);
  if (isLoopback(host))
    return {
      id: 'links',
      state: 'warn',
      title: `Nodes of other machines cannot dial this one: it ${listener === undefined ? 'will listen' : 'listens'} at ${where}`,
      detail: 'This node can join a cluster and dial its members. Nobody on another machine can join here.',
      fix: 'Set links.host to 0.0.0.0 and restart the node, when other machines are to reach it. Every connection is TLS 1.3 and proves its key.',
      view: networkSettings,
    };
  if (listener === undefined)
    return passed('links', port === 0 ? `A port for other nodes is free at ${host}` : `The port ${port} for other nodes is free`);
  return passed('links', `Other nodes reach this one at ${where}`, listener.detail);
}

function portTaken(listener: Listener | undefined, where: string, fault: string | undefined): Check {
  const why = fault === 'EADDRNOTAVAIL' ? 'it is no address of this machine' : fault === 'EADDRINUSE' ? 'another program holds it' : fault;
  return {
    id: 'links',
    state: 'fail',
    title: `The address ${where} for other nodes cannot be had`,
    detail: listener?.detail ?? `It could not be taken: ${why}.`,
    fix:
      fault === 'EADDRNOTAVAIL'
        ? 'Set links.host to an address of this machine, or 0.0.0.0 for all of them, and restart the node.'
        : 'Set links.port to a free one (0 takes any), or end the program that holds it, and restart the node.',
    view: networkSettings,
  };
}

/** How far the node is open, and whether anything can be read on the way. Only the console's door can be told to do without TLS. */
export function checkExposure(listeners: readonly Listener[]): Check {
  const open = listeners.filter(({ state, address }) => state === 'listening' && address !== null && !isLoopback(address));
  if (open.length === 0) return passed('exposure', 'No listener is open beyond this computer');
  const plain = open.find(({ detail }) => detail?.startsWith('http:') === true);
  if (plain !== undefined)
    return {
      id: 'exposure',
      state: 'warn',
      title: `The console is open beyond this computer without encryption, at ${place(plain.address, plain.port)}`,
      detail: 'Whoever is on the way reads passwords and tokens, and can change what is sent.',
      fix: 'Set http.tls to auto and restart the node: it has a certificate of its own.',
      view: networkSettings,
    };
  return passed(
    'exposure',
    `Open beyond this computer: ${open.map(({ name, address, port }) => `${name} at ${place(address, port)}`).join(', ')}`,
    'Connections there are encrypted, and whoever connects has to prove who they are.',
  );
}
