/** What is said of a node, the same in table, inspector and filter. */
import type { TFunction } from 'i18next';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { formatClock } from '../../state/format.ts';
import { stateOf } from './model/node-state.ts';

/** `11:52`; the day when it is not today. */
export function formatSince(timestampMs: number, nowMs = Date.now()): string {
  const date = new Date(timestampMs);
  if (date.toDateString() === new Date(nowMs).toDateString()) return formatClock(timestampMs);
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** `Online`, `Degraded`, `Offline since 11:52`, `Unknown`, `Was online`. */
export function stateWords(t: TFunction<'nodes'>, node: NodeInfo, stale: boolean): string {
  const { word } = stateOf(node, stale);
  return word === 'offline' && node.lastSeenAt !== null
    ? t('state_offlineSince', { time: formatSince(node.lastSeenAt) })
    : t(`state_${word}`);
}

/** `61`, `4.1`, `–` for a time in ms that stands under a head that names the unit. */
export function bareMs(ms: number | null | undefined): string {
  return ms == null ? '–' : ms >= 10 || ms === 0 ? String(Math.round(ms)) : ms.toFixed(1);
}
