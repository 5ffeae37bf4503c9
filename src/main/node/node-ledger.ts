/** What keeps the chains of a cluster alike, with what it needs of the other parts of the node. */
import type { Federation } from './federation/index.ts';
import { nodeIdOf, publicKeyOf } from './identity/index.ts';
import type { LedgerPart } from './ledger/index.ts';
import { type ChainMembers, LedgerSync } from './ledger/sync/index.ts';
import type { MembershipPart } from './membership/index.ts';
import type { Foundation } from './node-foundation.ts';
import type { Communicator } from './peers/types.ts';
import type { Router } from './router/index.ts';
import { VerifyRuns } from './services/ledger/verify-runs.ts';
import type { LedgerServiceOptions } from './services/ledger.ts';
import { LedgerFeed } from './services/ledger-feed.ts';
import type { Metrics } from './telemetry/index.ts';
import { toHex } from './trust/index.ts';

export interface LedgerSyncNeeds {
  readonly ledger: LedgerPart;
  readonly communicator: Communicator;
  readonly membership: MembershipPart;
  readonly federation: { readonly directory: Pick<Federation['directory'], 'get'> };
  readonly router: Router;
  readonly metrics: Metrics;
}

/** The parts of the ledger that deal with other nodes and with people. */
export interface ClusterLedger {
  readonly sync: LedgerSync;
  readonly service: LedgerServiceOptions;
  readonly feed: LedgerFeed;
}

/** Chains of the members of this node's cluster, spread over all its nodes. */
export function createClusterLedger({ identity, config, logs, problems }: Foundation, needs: LedgerSyncNeeds): ClusterLedger {
  const { ledger, communicator, membership, federation, router, metrics } = needs;
  const { nodeId } = identity;
  const logger = logs.logger('ledger');
  const members = chainMembers(membership, (id) => (id === nodeId ? config.get('node.name') : federation.directory.get(id)?.name), nodeId);
  const sync = new LedgerSync({
    nodeId,
    signer: identity,
    communicator,
    store: ledger.store,
    members,
    problems,
    logger,
    nowMs: Date.now,
    record: (draft) => ledger.recorder.add(draft),
    own: ledger.recorder,
    metrics,
    onBlock: (listener) => ledger.onBlock(listener),
    onChanged: (listener) => ledger.onChanged(listener),
  });
  membership.onChange((change) => {
    if (change === 'members' || change === 'cluster') sync.membersChanged();
  });
  const runs = new VerifyRuns(ledger.store, () => feed.changed('verifying'));
  const service: LedgerServiceOptions = { nodeId, signer: identity, ledger, sync, communicator, members, runs, nowMs: Date.now, logger };
  const feed = new LedgerFeed(service, router);
  return { sync, service, feed };
}

/** Who is, or was, a member. @param liveName of a node as it says now; undefined: nothing was heard of it */
function chainMembers(membership: MembershipPart, liveName: (nodeId: string) => string | undefined, self: string): ChainMembers {
  const state = () => membership.trustIfStarted?.membership?.log.state;
  const keyOf = (nodeId: string): string | undefined => {
    try {
      return toHex(publicKeyOf(nodeId));
    } catch {
      // A word that is no node id names no member.
      return undefined;
    }
  };
  return {
    standing: (nodeId) => {
      const key = keyOf(nodeId);
      if (key === undefined) return 'stranger';
      if (nodeId === self || state()?.members.has(key) === true) return 'member';
      return state()?.removed.has(key) === true ? 'removed' : 'stranger';
    },
    nameOf: (nodeId) => liveName(nodeId) ?? state()?.members.get(keyOf(nodeId) ?? '')?.name ?? nodeId,
    idsOf: (name) =>
      [...(state()?.members.values() ?? [])].flatMap((member) => {
        const nodeId = nodeIdOf(member.key);
        return (liveName(nodeId) ?? member.name) === name ? [nodeId] : [];
      }),
  };
}
