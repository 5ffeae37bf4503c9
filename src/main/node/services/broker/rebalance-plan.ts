import type { GroupInfo } from '../../../../common/contract/brokers.ts';

/** A leadership that is to go to another broker of its group. */
export interface LeaderMove {
  readonly groupId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Which leaderships have to move so that no broker leads two groups more than another that could lead them. Only active voters that
 * have everything take one over; groups without a leader stay as they are.
 */
export function planRebalance(groups: readonly GroupInfo[]): LeaderMove[] {
  const led = new Map<string, number>();
  const count = (broker: string) => led.get(broker) ?? 0;
  for (const { leader } of groups) if (leader !== null) led.set(leader, count(leader) + 1);
  const moves: LeaderMove[] = [];
  for (const { groupId, leader, members } of [...groups].sort((a, b) => (a.groupId < b.groupId ? -1 : 1))) {
    if (leader === null) continue;
    const able = members.filter(({ brokerId, role, status, lag, impaired }) => {
      return brokerId !== leader && role === 'replica' && status === 'active' && lag === 0 && !impaired;
    });
    const [least] = able.sort((a, b) => count(a.brokerId) - count(b.brokerId) || (a.brokerId < b.brokerId ? -1 : 1));
    if (least === undefined || count(leader) - count(least.brokerId) < 2) continue;
    led.set(leader, count(leader) - 1);
    led.set(least.brokerId, count(least.brokerId) + 1);
    moves.push({ groupId, from: leader, to: least.brokerId });
  }
  return moves;
}
