import type { LedgerEntry } from '../../../../common/contract/ledger.ts';
import type { View } from '../../../app/routes.ts';

/** Where in the console the object of an act is. */
export interface ObjectPlace {
  readonly view: View;
  readonly query: Readonly<Record<string, string>>;
  readonly object?: string;
}

type PlaceOf = (target: string) => ObjectPlace;

const settings =
  (section: string): PlaceOf =>
  () => ({ view: 'settings', query: { section } });
const trust = settings('trust');
const users = settings('users');
const federation = settings('federation');
const nodes: PlaceOf = (target) => ({ view: 'nodes', query: { node: target } });

/** By what comes before the point of an act. Services without an object that can be shown are not here. */
const places: Readonly<Record<string, PlaceOf>> = {
  queues: (target) => ({ view: 'queues', query: {}, object: target }),
  brokers: () => ({ view: 'queues', query: {} }),
  tunnels: (target) => ({ view: 'tunnels', query: {}, object: target }),
  gateway: () => ({ view: 'tunnels', query: { gateway: '' } }),
  nodes,
  peers: nodes,
  membership: trust,
  joining: trust,
  identity: trust,
  groupKey: trust,
  users,
  mqtt: federation,
  config: settings('general'),
  logs: settings('logs'),
};

/** The place of what an entry acted on; undefined where there is none to show, or it was not told. */
export function objectPlace({ act, target, kind }: Pick<LedgerEntry, 'act' | 'target' | 'kind'>): ObjectPlace | undefined {
  if (target === null || target === '' || (kind !== 'act' && kind !== 'refusal')) return undefined;
  const service = act.split('.')[0] ?? '';
  return Object.hasOwn(places, service) ? places[service]?.(target) : undefined;
}
