import type { AskProgress, JoinRequestEntry, joiningContract, NearbyNode } from '../../../common/contract/joining.ts';
import type { MemberRole } from '../../../common/contract/membership.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { shortNodeId } from '../../../common/ids.ts';
import type { Discovery, NearbyNode as HeardNode } from '../discovery/index.ts';
import { nodeIdOf } from '../identity/index.ts';
import {
  formatAddress,
  type JoinedCluster,
  joinByAsking,
  type MembershipPart,
  membershipLimits,
  type WaitingJoin,
} from '../membership/index.ts';
import type { Handlers } from '../router/types.ts';
import { roleBits, rolesOf } from '../trust/index.ts';
import { readAddress, requireHere } from './members.ts';
import { fingerprint, joinedCluster } from './membership.ts';

export interface JoiningServiceOptions {
  readonly membership: MembershipPart;
  readonly discovery: Discovery;
  readonly nowMs?: () => number;
}

const defaultRoles = roleBits(['peer', 'viewer']);

/** Finding other nodes, asking them, and letting nodes in that ask. */
export function createJoiningService(options: JoiningServiceOptions): Handlers<keyof typeof joiningContract> {
  const { membership, discovery, nowMs = Date.now } = options;
  const acceptance = new Acceptance();
  return {
    'membership.nearby': async () => {
      const nodes = (await discovery.lookAround()).map(nearbyOf);
      return { ...discovery.state, nodes };
    },
    'membership.ask': async ({ address }, { principal, signal, progress }) => {
      requireHere(principal);
      await joinByAsking(membership, readAddress(address), {
        signal,
        onNumber: (number, waitMs) => progress({ step: 'number', number, expiresAt: nowMs() + waitMs }),
        onAnswer: async (joined, until) => {
          const accepted = acceptance.wait(until);
          progress({ step: 'accept', ...answered(joined), expiresAt: nowMs() + membershipLimits.acceptMs });
          await accepted;
        },
      });
      return joinedCluster(membership);
    },
    'membership.accept': (_params, { principal }) => {
      requireHere(principal);
      acceptance.accept();
      return { accepted: true };
    },
    'membership.requests': () => ({ requests: membership.requests.list().map(requestOf) }),
    'membership.admit': async ({ requestId, number, roles }, { principal }) => {
      requireHere(principal);
      const admitted = await membership.admit(requestId, number, roles === undefined ? defaultRoles : roleBits(roles));
      return {
        nodeId: nodeIdOf(admitted.publicKey),
        name: admitted.name,
        roles: rolesOf(admitted.roles) as MemberRole[],
        admitted: true,
      };
    },
    'membership.refuse': ({ requestId }, { principal }) => {
      requireHere(principal);
      membership.requests.refuse(requestId);
      return { refused: true };
    },
  };
}

/** What a person here is to say before the node takes what somebody gave it: one at a time, as joining is. */
class Acceptance {
  #accept: (() => void) | undefined;

  /** @throws SignalboxError `TIMEOUT`, `CANCELLED` */
  async wait(signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let cancel: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const end = (code: 'TIMEOUT' | 'CANCELLED', message: string) => reject(new SignalboxError(code, message, { executed: 'no' }));
        cancel = () => end('CANCELLED', 'Joining was given up. An admin of that cluster can remove this node again.');
        timer = setTimeout(
          () => end('TIMEOUT', 'Nobody said here that it was the admin who answered. Ask again.'),
          membershipLimits.acceptMs,
        );
        if (signal.aborted) cancel();
        signal.addEventListener('abort', cancel, { once: true });
        this.#accept = resolve;
      });
    } finally {
      clearTimeout(timer);
      if (cancel !== undefined) signal.removeEventListener('abort', cancel);
      this.#accept = undefined;
    }
  }

  /** @throws SignalboxError `CONFLICT` when nothing waits for it */
  accept(): void {
    if (this.#accept === undefined)
      throw new SignalboxError('CONFLICT', 'No cluster has let this node in that is still to be accepted.', { executed: 'no' });
    this.#accept();
  }
}

function answered({ log, inviter }: JoinedCluster): Omit<Extract<AskProgress, { step: 'accept' }>, 'step' | 'expiresAt'> {
  const name = log.state.members.get(Buffer.from(inviter).toString('hex'))?.name ?? '';
  return { cluster: log.genesis.name, by: { nodeId: nodeIdOf(inviter), name, fingerprint: fingerprint(inviter) } };
}

function nearbyOf({ name, shortId, host, port, cluster, takesRequests, seenMs }: HeardNode): NearbyNode {
  return {
    name,
    shortId,
    address: formatAddress({ host, port }),
    cluster: cluster?.name ?? null,
    clusterShortId: cluster?.shortId ?? null,
    takesRequests,
    seenAt: seenMs,
  };
}

function requestOf({ requestId, kind, publicKey, name, address, roles, askedMs, expiresMs }: WaitingJoin): JoinRequestEntry {
  return {
    requestId,
    kind,
    name,
    shortId: shortNodeId(nodeIdOf(publicKey)),
    fingerprint: fingerprint(publicKey),
    address,
    roles: roles === undefined ? null : (rolesOf(roles) as MemberRole[]),
    askedAt: askedMs,
    expiresAt: expiresMs,
  };
}
