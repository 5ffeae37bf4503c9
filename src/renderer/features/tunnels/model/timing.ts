/** The parts of a request's time as bars beside one another. */
import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';

export const timingParts = ['tunnelIn', 'toAgent', 'wait', 'reply'] as const;
export type TimingPart = (typeof timingParts)[number];

export interface TimingBar {
  readonly part: TimingPart;
  readonly ms: number | null;
  /** Where the bar begins and how long it is, 0 to 1 of all. */
  readonly start: number;
  readonly share: number;
  /** The longest part, when it is most of the time. */
  readonly longest: boolean;
}

/** Bars in the order of time; a part that is not known has none. */
export function timingBars({ tunnelInMs, toAgentMs, waitMs, replyMs }: TunnelRequestDetail['timings']): readonly TimingBar[] {
  const values: Record<TimingPart, number | null> = { tunnelIn: tunnelInMs, toAgent: toAgentMs, wait: waitMs, reply: replyMs };
  const total = timingParts.reduce((sum, part) => sum + (values[part] ?? 0), 0);
  let before = 0;
  return timingParts.map((part) => {
    const ms = values[part];
    const start = total === 0 ? 0 : before / total;
    const share = total === 0 || ms === null ? 0 : ms / total;
    before += ms ?? 0;
    return { part, ms, start, share, longest: share > 0.5 };
  });
}
