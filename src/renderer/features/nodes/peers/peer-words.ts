/** What is said of a peer, the same in table, inspector and filter. */
import type { TFunction } from 'i18next';
import type { PeerInfo } from '../../../../common/contract/peers.ts';
import { formatAge, formatBytes, formatCount } from '../../../state/format.ts';
import { formatSince } from '../node-words.ts';
import type { Backlog } from './model/backlog.ts';
import { stateOf } from './model/peer-health.ts';
import { openForMs, type PeerWay, stateOfWay, wayInUse } from './model/peer-ways.ts';

type Translate = TFunction<'peers'>;
/** What people call a node, by id. */
export type NameOf = (nodeId: string) => string;

/** `Healthy`, `Offline since 11:52`, `Was healthy`, `Removed`. */
export function healthWords(t: Translate, peer: PeerInfo, stale: boolean): string {
  const state = stateOf(peer);
  if (stale && state !== 'Removed') return t('was', { state: t(`health_${state}`).toLowerCase() });
  if (state === 'Offline' && peer.lastSeenAt !== null) return t('offlineSince', { time: formatSince(peer.lastSeenAt) });
  return t(`health_${state}`);
}

/** `Direct link`, `MQTT`, `Relay through hub-01`. */
export function wayWords(t: Translate, { kind, through }: Pick<PeerWay, 'kind' | 'through'>, nameOf: NameOf): string {
  return kind === 'relay' && through !== null ? t('relayThrough', { name: nameOf(through) }) : t(`way_${kind}`);
}

/** The way that messages take; `No way` when there is none. */
export function wayInUseWords(t: Translate, peer: PeerInfo, nameOf: NameOf): string {
  const way = wayInUse(peer);
  return way === undefined ? t('noWay') : wayWords(t, way, nameOf);
}

/** `In use`, `Left alone, tries again in 42 s`, `Being tried`, `Ready`, `Not there`. @param saidAtMs when the node said it */
export function wayStateWords(t: Translate, way: PeerWay, saidAtMs: number, nowMs: number): string {
  const state = stateOfWay(way);
  if (state !== 'left') return t(`wayState_${state}`);
  const restMs = openForMs(way, saidAtMs, nowMs);
  return restMs < 1_000 ? t('wayState_leftSoon') : t('wayState_left', { time: formatAge(restMs) });
}

/** `Direct link again in 42 s`: of a way that is passed over. */
export function wayLeftWords(
  t: Translate,
  way: PeerWay,
  nameOf: NameOf,
  { saidAtMs, nowMs }: { readonly saidAtMs: number; readonly nowMs: number },
): string {
  const name = wayWords(t, way, nameOf);
  const restMs = openForMs(way, saidAtMs, nowMs);
  return way.circuit === 'open' && restMs >= 1_000 ? t('leftFor', { way: name, time: formatAge(restMs) }) : t('leftTried', { way: name });
}

/** `98 %`, `–` before anything was sent. */
export function shareWords(share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  // 99.6 is not all of them.
  return `${percent > 99 && percent < 100 ? '99' : Math.round(percent)} %`;
}

/** The values of the text `messages`. */
export function amountOf({ messages, sizeBytes }: Backlog) {
  return { count: messages, amount: formatCount(messages), size: formatBytes(sizeBytes) };
}
