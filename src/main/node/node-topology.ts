import type { Discovery } from './discovery/index.ts';
import type { Federation } from './federation/index.ts';
import { nodeIdOf } from './identity/index.ts';
import type { MembershipPart } from './membership/index.ts';
import type { TopologySource } from './peers/topology/index.ts';

/** Puts together what the topology is made of: membership says who belongs here, the federation who is reached, discovery which networks there are. */
export function createTopologySource({
  nodeId,
  membership,
  federation,
  discovery,
}: {
  readonly nodeId: string;
  readonly membership: MembershipPart;
  readonly federation: Federation;
  readonly discovery: Discovery;
}): TopologySource {
  return {
    self: nodeId,
    members: () => {
      const members = membership.trustIfStarted?.membership?.log.state.members.values() ?? [];
      return [...members].map(({ key, name }) => ({ nodeId: nodeIdOf(key), name, provenMs: membership.contacts?.provenMs(key) }));
    },
    via: (id) => federation.directory.get(id)?.via ?? null,
    neighbours: () => federation.neighbourhood.links.neighbours(),
    neighboursOf: (neighbour) => federation.neighbourhood.neighboursOf(neighbour),
    degree: () => membership.degree,
    redial: () => membership.links?.redial(),
    onChange: (listener) => {
      const stops = [
        federation.directory.listen({ changed: listener }),
        membership.onChange((change) => {
          if (change === 'members' || change === 'cluster' || change === 'links') listener();
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    onNetworkChange: (listener) => discovery.listen({ networksChanged: listener }),
  };
}
