/** What a node thinks of a peer by what it did (security.md 2.7). */
import type { PeerInfo } from '../../../../../common/contract/peers.ts';

export type Standing = PeerInfo['standing'];
export type StandingLevel = Standing['level'];

/** The best score, and the one from which on a peer is graylisted: the ends of the bar. */
const best = 5;
const graylisted = -60;

/** Length of the bar in percent: full for the best score, empty at the graylist. The half near zero is stretched, for there most peers are. */
export function standingPercent(score: number): number {
  if (score >= 0) return 60 + (Math.min(score, best) / best) * 40;
  return Math.max(0, 60 * (1 - score / graylisted));
}

export const standingTones: Record<StandingLevel, 'warn' | 'crit' | undefined> = {
  good: undefined,
  neutral: undefined,
  noRelay: 'warn',
  noGossip: 'warn',
  graylisted: 'crit',
};

/** `+3.2`, `0`, `−12.5`, with a real minus sign. */
export function formatScore(score: number): string {
  const rounded = Math.round(score * 10) / 10;
  if (rounded === 0) return '0';
  return `${rounded > 0 ? '+' : '−'}${Math.abs(rounded)}`;
}
