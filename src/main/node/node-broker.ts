/** The queue broker of a node, with what it needs of the other parts. */

import type { Sessions } from './accounts/index.ts';
import { BrokerPart } from './broker/broker-part.ts';
import { membershipSource } from './broker/peers/membership-source.ts';
import { NodePeerTrust } from './broker/peers/node-peer-trust.ts';
import { ListenerCertificate, OwnCertificate } from './certificates/index.ts';
import { leadingNowMs } from './clock/index.ts';
import { KnownKeys } from './identity/index.ts';
import type { MembershipPart } from './membership/index.ts';
import type { Foundation } from './node-foundation.ts';
import type { Metrics } from './telemetry/index.ts';

export interface BrokerNeeds {
  /** Says who stands behind the token of a client. */
  readonly sessions: Sessions;
  /** Says which other brokers are of members. */
  readonly membership: MembershipPart;
  readonly metrics: Metrics;
}

/** A broker that proves itself with the node's key, knows the node's accounts, and trusts the members of its cluster. */
export function createBroker(
  { options, dataFolder, config, identity, secrets, logs, problems }: Foundation,
  needs: BrokerNeeds,
): BrokerPart {
  const { sessions, membership, metrics } = needs;
  const logger = logs.logger('broker');
  const certificate = new ListenerCertificate({
    listener: 'queue broker',
    problemId: 'broker.certificate',
    own: new OwnCertificate({
      folder: dataFolder,
      secrets,
      commonName: `Signalbox ${config.get('node.name')}`,
      hosts: ['localhost', '127.0.0.1'],
    }),
    problems,
    logger,
  });
  return new BrokerPart({
    config,
    dataFolder,
    nodeId: identity.nodeId,
    resourcesPath: options.resourcesPath,
    certificate,
    trust: new NodePeerTrust(identity, new KnownKeys(), membershipSource(membership, leadingNowMs)),
    authenticate: (token) => {
      const account = sessions.authenticate(token)?.account;
      return account === undefined ? undefined : { user: `${account.username}@${identity.nodeId}`, roles: [account.role] };
    },
    logger,
    problems,
    metrics,
  });
}
