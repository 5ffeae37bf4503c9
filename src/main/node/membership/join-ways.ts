/** The ways by which this node joins a cluster: each brings a membership that was given and checked, and the node takes it. */
import { SignalboxError } from '../../../common/errors.ts';
import { sameBytes } from '../identity/index.ts';
import { deriveInviteKeys, readJoinCode } from '../trust/index.ts';
import { askWithoutCode } from './ask-guest.ts';
import { type Address, formatAddress } from './contacts.ts';
import { askToJoin, type JoinedCluster } from './join-guest.ts';
import { joinNearby, type NearbyDoors } from './join-nearby.ts';
import { membershipLimits } from './limits.ts';
import type { MembershipPart } from './membership-part.ts';

type Part = Pick<MembershipPart, 'join'>;

export interface JoinTerms {
  readonly signal: AbortSignal;
  /** Of the only cluster that is meant, when it is known. */
  readonly clusterId?: Uint8Array;
  /** The code is right, and an admin has so many milliseconds to let this node in. */
  readonly onWaits?: (waitMs: number) => void;
}

/** What the person at the node that asks without a code is told. */
export interface AskTerms {
  readonly signal: AbortSignal;
  /** Six digits to read out, and how many milliseconds the admin has to type them. */
  readonly onNumber: (number: string, waitMs: number) => void;
  /**
   * Somebody has let this node in. Resolves when the person here has heard from the admin that it was they: whoever answers could say it.
   *
   * @throws SignalboxError when it was not, or nobody said so in time
   */
  readonly onAnswer: (joined: JoinedCluster, signal: AbortSignal) => Promise<void>;
}

/**
 * Joins with a code at an address.
 *
 * @param code as a person typed it
 * @throws SignalboxError `CONFLICT`, `INVITE_INVALID`, `NODE_UNREACHABLE`, `TIMEOUT`, `CLOCK`, `SELF`, `STORAGE_FULL`, `WRONG_CLUSTER`
 */
export function joinWithCode(part: Part, code: string, address: Address, { signal, clusterId, onWaits }: JoinTerms): Promise<void> {
  return part.join(async (guest) => {
    const invite = await deriveInviteKeys(readJoinCode(code));
    const joined = await askToJoin(address, invite, { ...guest, ...(onWaits && { onWaits }), signal: either(guest.signal, signal) });
    if (clusterId !== undefined && !sameBytes(joined.log.clusterId, clusterId))
      throw new SignalboxError(
        'WRONG_CLUSTER',
        `The node at ${formatAddress(address)} belongs to another cluster (${joined.log.genesis.name}).`,
      );
    return { ...joined, address };
  });
}

/**
 * Joins with a code at whichever node of the local network has made it.
 *
 * @throws SignalboxError as {@link joinWithCode}
 */
export function joinNearbyWithCode(part: Part, code: string, doors: NearbyDoors, { signal, onWaits }: JoinTerms): Promise<void> {
  return part.join(async (guest) => {
    const invite = await deriveInviteKeys(readJoinCode(code));
    return joinNearby(doors, either(guest.signal, signal), async (address, stopped, extend) => {
      const waits = (waitMs: number) => {
        extend(waitMs + membershipLimits.joinMs);
        onWaits?.(waitMs);
      };
      return { ...(await askToJoin(address, invite, { ...guest, signal: stopped, onWaits: waits })), address };
    });
  });
}

/**
 * Joins without a code: two people compare a number.
 *
 * @throws SignalboxError as `askWithoutCode`, and what `onAnswer` throws
 */
export function joinByAsking(part: Part, address: Address, { signal, onNumber, onAnswer }: AskTerms): Promise<void> {
  return part.join(async (guest) => {
    const until = either(guest.signal, signal);
    const joined = await askWithoutCode(address, { ...guest, signal: until }, onNumber);
    await onAnswer(joined, until);
    return { ...joined, address };
  });
}

/** The call was cancelled, or the node stops. */
function either(stopping: AbortSignal | undefined, signal: AbortSignal): AbortSignal {
  return stopping === undefined ? signal : AbortSignal.any([stopping, signal]);
}
