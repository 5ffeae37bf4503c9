import { networkConnections } from 'systeminformation';
import type { ResultOf } from '../../../../common/contract/index.ts';

type ListeningService = ResultOf<'tunnels.services'>['services'][number];

/** Reads what listens on this machine; replaced in tests. */
export type ReadConnections = () => Promise<
  readonly {
    readonly protocol: string;
    readonly localAddress: string;
    readonly localPort: string;
    readonly state: string;
    readonly pid: number;
    readonly process: string;
  }[]
>;

const mostServices = 500;

/**
 * TCP services that listen here, by port. Names of processes of other users are known to an administrator alone.
 *
 * @param ownPid process whose own ports are marked
 */
export async function listeningServices(ownPid: number, read: ReadConnections = networkConnections): Promise<readonly ListeningService[]> {
  const found = new Map<string, ListeningService>();
  for (const { protocol, localAddress, localPort, state, pid, process } of await read()) {
    const port = Number(localPort);
    if (!protocol.startsWith('tcp') || state !== 'LISTEN' || !(port > 0 && port <= 65_535)) continue;
    const address = localAddress === '' ? '*' : localAddress;
    found.set(`${address} ${port}`, { port, address, process: process === '' || process === '-' ? null : process, own: pid === ownPid });
  }
  return [...found.values()].sort((one, other) => one.port - other.port || one.address.localeCompare(other.address)).slice(0, mostServices);
}
