import type { Circuits } from './carriers/circuits.ts';
import type { Neighbourhood } from './carriers/neighbourhood.ts';
import type { FederationGauges } from './federation-metrics.ts';
import type { Gateway } from './gateway.ts';
import type { LocalSide } from './local-side.ts';
import type { MqttLink } from './mqtt-link.ts';
import type { NodeDirectory } from './node-directory.ts';
import type { MemberTraffic } from './secure/index.ts';

/** The parts of a node's federation that have figures. */
export interface MeasuredParts {
  readonly link: MqttLink;
  readonly directory: NodeDirectory;
  readonly gateway: Gateway;
  readonly neighbourhood: Neighbourhood;
  readonly circuits: Circuits;
  readonly members: MemberTraffic;
}

/** Where the figures of a node's federation are read. @param local undefined before there is a router */
export function gaugesOf(
  { link, directory, gateway, neighbourhood, circuits, members }: MeasuredParts,
  local: () => LocalSide | undefined,
): FederationGauges {
  return {
    linkUp: () => link.connected,
    sessionsOpen: () => members.sessions.open,
    nodesOnline: () => directory.online().length,
    linked: () => neighbourhood.links.neighbours().length,
    relayed: () => neighbourhood.relay.passedOn,
    circuitsOpen: () => circuits.open,
    circuitsOpened: () => circuits.opened,
    pendingCalls: () => gateway.pending.size,
    runningCalls: () => local()?.clients.running ?? 0,
    topicsFollowed: () => gateway.subscriptions.size,
    topicsOffered: () => local()?.relay.filters ?? 0,
    eventsRelayed: () => local()?.relay.relayed ?? 0,
    eventsDropped: () => local()?.relay.dropped ?? 0,
    eventsLost: () => gateway.subscriptions.lost,
    outboxMessages: () => link.outbox.size,
    outboxDropped: () => link.outbox.dropped,
    statusesIgnored: () => directory.ignored,
    unsentBytes: () => link.unsentBytes,
  };
}
