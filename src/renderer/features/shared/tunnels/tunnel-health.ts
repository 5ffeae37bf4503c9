/** How a tunnel is: its shape in lists, whether it needs a person, and the sums of several. */
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import type { StateKind } from '../../../design/icons/index.ts';

/** `serviceDown`: the gateway is reached and the local service is not. */
export type TunnelHealth = TunnelInfo['state'] | 'serviceDown';

export const tunnelShapes: Record<TunnelHealth, StateKind> = {
  off: 'paused',
  connecting: 'running',
  up: 'online',
  serviceDown: 'warn',
  // Grey, not red: a gateway that is away for a while is no act that failed (look.md section 6).
  waiting: 'offline',
  draining: 'draining',
  failed: 'failed',
};

/** What keeps a person from being served stands first. */
export const healthRank: Readonly<Record<TunnelHealth, number>> = {
  failed: 0,
  serviceDown: 1,
  waiting: 2,
  connecting: 3,
  draining: 4,
  up: 5,
  off: 6,
};

/** The state of a tunnel, with that of the service behind it. */
export function tunnelHealth({ state, service }: Pick<TunnelInfo, 'state' | 'service'>): TunnelHealth {
  return state === 'up' && service?.state === 'down' ? 'serviceDown' : state;
}

/** Whether nobody is served until a person acts. What tries again by itself is not counted. */
export function needsPerson(health: TunnelHealth): boolean {
  return health === 'failed' || health === 'serviceDown';
}

export interface TunnelSums {
  /** Turned on. */
  readonly wanted: number;
  readonly up: number;
  readonly needPerson: number;
  readonly requestsPerSecond: number;
}

/** Several tunnels in numbers. */
export function sumTunnels(tunnels: readonly TunnelInfo[]): TunnelSums {
  const healths = tunnels.map(tunnelHealth);
  return {
    wanted: healths.filter((health) => health !== 'off').length,
    up: healths.filter((health) => health === 'up').length,
    needPerson: healths.filter(needsPerson).length,
    requestsPerSecond: tunnels.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
  };
}
