import { SignalboxError } from '../../../../../common/errors.ts';
import type { BrokerPeers } from '../../peers/index.ts';
import type { Answer } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import type { Handler, OperationContext } from './context.ts';
import { internalRefusal, refusalOf } from './refusals.ts';

/** `GROUP_JOIN`: the broker that is asked becomes a replica of a group. */
export const joinGroup: Handler<'GROUP_JOIN'> = (context, { cluster_id: groupId, address, members = [], replaces = null }, call) => {
  const request = {
    groupId,
    address: address === undefined ? null : parseAddress(address),
    members: members.map(({ broker_id: brokerId, host, port }) => ({ brokerId, host, port })),
    replaces,
  };
  run(context, call, async (membership, signal) => {
    const { voter } = await membership.join(request, { onProgress: ({ step, done }) => call.progress({ step, done }), signal });
    return { fields: { cluster_id: groupId, broker_id: context.engine.brokerId, voter } };
  });
};

/** `LEAVE_CLUSTER`: the broker that is asked ends its replica of a group. */
export const leaveGroup: Handler<'LEAVE_CLUSTER'> = (context, { cluster_id: groupId }, call) => {
  run(context, call, async (membership, signal) => {
    // A copy that cannot be used knows nobody to ask: it is only dropped here, and another broker removes this one.
    if (context.engine.hasFailed(groupId)) await context.engine.leave(groupId);
    else await membership.leave(groupId, signal);
    return { fields: { cluster_id: groupId } };
  });
};

/** `TRANSFER_LEADER`: asked of any broker of the group, done by its leader. */
export const transferLeader: Handler<'TRANSFER_LEADER'> = (context, { cluster_id: groupId, to }, call) => {
  run(context, call, async (membership, signal) => {
    const { leader, term } = await membership.transfer(groupId, to ?? null, signal);
    return { fields: { leader: leader?.brokerId ?? null, term } };
  });
};

/** `REMOVE_BROKER`: also one that is gone for good. */
export const removeBroker: Handler<'REMOVE_BROKER'> = (context, { cluster_id: groupId, broker_id: brokerId }, call) => {
  run(context, call, async (membership, signal) => {
    const { configuration } = await membership.remove(groupId, brokerId, signal);
    return { fields: { cluster_version: configuration.version } };
  });
};

/** `JOIN_CLUSTER` is between brokers, which prove who they are; a client asks the broker that is to join, by `GROUP_JOIN`. */
export const joinCluster: Handler<'JOIN_CLUSTER'> = ({ engine }, { broker_id: brokerId }) => {
  throw new SignalboxError(
    'FORBIDDEN',
    `A broker joins by itself, over a connection that proves its node. Ask ${brokerId} to join with GROUP_JOIN, naming ${engine.brokerId}'s address.`,
    { executed: 'no' },
  );
};

function run(
  { peers }: OperationContext,
  call: Call,
  work: (membership: BrokerPeers['membership'], signal: AbortSignal) => Promise<Answer>,
): void {
  if (peers === undefined)
    throw new SignalboxError('CONFLICT', 'This broker runs alone: it has no connections to others.', { executed: 'no' });
  const gone = new AbortController();
  const unfollow = call.session?.onClosed(() => gone.abort());
  work(peers.membership, gone.signal)
    .then(
      (answer) => call.answer(answer),
      (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
    )
    .finally(() => unfollow?.());
}

/** @throws SignalboxError `INVALID_PARAMS` */
function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new SignalboxError('INVALID_PARAMS', `The address ${address} is not HOST:PORT.`, { executed: 'no' });
  return { host, port };
}
