/** The peers of a node, with what they need of the other parts. */
import { SignalboxError } from '../../common/errors.ts';
import type { Discovery } from './discovery/index.ts';
import type { Federation } from './federation/index.ts';
import { publicKeyOf } from './identity/index.ts';
import { type MembershipPart, parseAddress } from './membership/index.ts';
import type { Foundation } from './node-foundation.ts';
import { createTopologySource } from './node-topology.ts';
import { Reputation } from './peers/health/reputation.ts';
import { selfHealth } from './peers/health/self-health.ts';
import { PeersPart } from './peers/index.ts';
import type { Router } from './router/index.ts';
import type { Store } from './store/index.ts';
import type { Metrics } from './telemetry/index.ts';

/** How nodes have behaved. Made first: federation, router and membership ask it too. @param peers told of those that behave badly; made later */
export function createReputation(membership: () => MembershipPart, peers: () => PeersPart): Reputation {
  return new Reputation({
    monotonicMs: () => performance.now(),
    members: () => membership().trustIfStarted?.membership?.log.state.members.size ?? 0,
    isRemoved: (nodeId) => peers().isRemoved(nodeId),
    onGraylisted: (nodeId, forMs, why) => peers().graylisted(nodeId, forMs, why),
  });
}

export interface PeersNeeds {
  readonly reputation: Reputation;
  readonly federation: Federation;
  readonly membership: MembershipPart;
  readonly discovery: Discovery;
  readonly router: () => Router;
  readonly store: Store;
  readonly metrics: Metrics;
}

/** Peers over the federation's ways, judged together with what passes there. */
export function createPeers({ options, config, identity, logs, problems }: Foundation, needs: PeersNeeds): PeersPart {
  const { reputation, federation, membership, discovery, router, store, metrics } = needs;
  const { nodeId } = identity;
  membership.judgeBy((id) => reputation.mayGossip(id));
  return new PeersPart({
    nodeId,
    name: () => config.get('node.name'),
    transport: federation.peerTransport,
    topologySource: createTopologySource({ nodeId, membership, federation, discovery }),
    reputation,
    followNodes: (changed) => federation.directory.listen({ changed }),
    health: () => selfHealth(problems.list()),
    load: () => router().snapshot().rpc.inFlight,
    store,
    logs,
    metrics,
    problems,
    times: { heartbeatMs: config.get('peers.heartbeatMs'), ...options.peerTimes },
  });
}

/**
 * Keeps where a member may answer, as a person says; who answers there is proven each time.
 *
 * @throws SignalboxError `INVALID_PARAMS`, `NOT_MEMBER`
 */
export function learnAddress(membership: MembershipPart, nodeId: string, text: string): void {
  const address = parseAddress(text);
  if (address === undefined)
    throw new SignalboxError('INVALID_PARAMS', `${text} is no address. Give HOST:PORT, such as 192.168.1.20:7422.`, { executed: 'no' });
  if (membership.contacts === undefined)
    throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster, so it dials nobody. Join one first.', { executed: 'no' });
  membership.contacts.learn(publicKeyOf(nodeId), [address], 'told');
  membership.links?.redial();
}
