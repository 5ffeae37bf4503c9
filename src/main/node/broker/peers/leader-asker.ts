import { setTimeout as pause } from 'node:timers/promises';
import { type ErrorCode, SignalboxError } from '../../../../common/errors.ts';
import type { BrokerId, GroupId } from '../core/types.ts';
import type { Asker, LeaderDesk } from './leader-desk.ts';
import type { PeerLimits } from './limits.ts';
import { decodeMembershipAnswer, type GroupAnswer, type LeaderAddress, type MembershipRequest } from './membership-requests.ts';
import type { PeerConnection } from './peer-connection.ts';
import { peerFrameTypes } from './peer-frames.ts';

/** Where a broker may be asked: the id is not known where only an address was given. */
export interface AskedAddress {
  readonly brokerId: BrokerId | null;
  readonly host: string;
  readonly port: number;
}

export interface LeaderAskerOptions {
  readonly desk: LeaderDesk;
  readonly self: Asker;
  readonly limits: PeerLimits;
  readonly connectionOf: (brokerId: BrokerId) => PeerConnection | undefined;
  readonly dial: (address: AskedAddress, signal: AbortSignal) => Promise<PeerConnection>;
  /** Whether this broker leads the group. */
  readonly leads: (groupId: GroupId) => boolean;
}

/** Failures that may be over in a moment. */
const passing: ReadonlySet<ErrorCode> = new Set(['NOT_LEADER', 'NODE_UNREACHABLE', 'NODE_LOST', 'TIMEOUT', 'OVERLOADED']);
const pauseMs = 250;
/** How often brokers may point to one another before there is a pause. */
const mostHops = 4;

/** Asks the leader of a group, wherever it is: any broker that is asked says who leads. */
export class LeaderAsker {
  readonly #options: LeaderAskerOptions;

  constructor(options: LeaderAskerOptions) {
    this.#options = options;
  }

  /**
   * @param places brokers to begin with, the likeliest first
   * @param timeMs in which a leader must be found
   * @throws SignalboxError what the leader refuses with; `NODE_UNREACHABLE`, `NOT_LEADER` or `TIMEOUT` when none was found in time
   */
  async ask(
    request: MembershipRequest,
    places: readonly AskedAddress[],
    { timeMs, signal }: { readonly timeMs: number; readonly signal: AbortSignal },
  ): Promise<GroupAnswer> {
    const untilMs = performance.now() + timeMs;
    const queue = [...places];
    let hops = 0;
    let failure: SignalboxError;
    // A round in which nothing failed that may be over in a moment is the last one.
    let isHopeful = false;
    for (;;) {
      try {
        const answer = await this.#askNext(request, queue, signal);
        if ('groupId' in answer) return answer;
        isHopeful = true;
        failure = notLed(request.cluster_id);
        if (answer.elsewhere !== null && hops++ < mostHops) queue.unshift(answer.elsewhere);
      } catch (error) {
        if (!(error instanceof PlaceFailure)) throw error;
        failure = error.reason;
        isHopeful ||= passing.has(failure.code);
      }
      if (signal.aborted) throw new SignalboxError('CANCELLED', 'The request was given up.', { executed: 'maybe' });
      if (queue.length > 0) continue;
      if (!isHopeful || places.length === 0 || performance.now() >= untilMs) throw failure;
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      queue.push(...places);
      hops = 0;
      isHopeful = false;
    }
  }

  /** This broker when it leads, else the next place. */
  async #askNext(
    request: MembershipRequest,
    queue: AskedAddress[],
    signal: AbortSignal,
  ): Promise<GroupAnswer | { readonly elsewhere: LeaderAddress | null }> {
    const { leads, desk, self } = this.#options;
    if (leads(request.cluster_id)) return orNextPlace(desk.decide(request, self));
    const place = queue.shift();
    if (place === undefined)
      throw new PlaceFailure(
        new SignalboxError('NOT_FOUND', `No broker of ${request.cluster_id} is known here. Name the address of one.`, { executed: 'no' }),
      );
    const answer = await orNextPlace(this.#askAt(place, request, signal));
    return 'elsewhere' in answer && answer.elsewhere !== null && isSame(answer.elsewhere, place) ? { elsewhere: null } : answer;
  }

  async #askAt(
    place: AskedAddress,
    request: MembershipRequest,
    signal: AbortSignal,
  ): Promise<GroupAnswer | { readonly elsewhere: LeaderAddress | null }> {
    const { limits, connectionOf, dial } = this.#options;
    const known = place.brokerId === null ? undefined : connectionOf(place.brokerId);
    // Whoever answers at this address, another place may still be right.
    const connection =
      known ??
      (await dial(place, signal).catch((error: unknown) => {
        throw asPlaceFailure(error);
      }));
    const { header } = await connection.ask(peerFrameTypes.forward, request, limits.requestMs);
    return decodeMembershipAnswer(header);
  }
}

/** This place leads nowhere; the next one may. */
class PlaceFailure extends Error {
  readonly reason: SignalboxError;

  constructor(reason: SignalboxError) {
    super(reason.message);
    this.reason = reason;
  }
}

function asPlaceFailure(error: unknown): unknown {
  return error instanceof SignalboxError ? new PlaceFailure(error) : error;
}

/** What a leader refuses is its last word; one that leads no more, has no such group or did not answer is a place that leads nowhere. */
async function orNextPlace<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof SignalboxError && (passing.has(error.code) || error.code === 'NOT_FOUND') ? asPlaceFailure(error) : error;
  }
}

function isSame(leader: LeaderAddress, place: AskedAddress): boolean {
  return leader.brokerId === place.brokerId || (leader.host === place.host && leader.port === place.port);
}

function notLed(groupId: GroupId): SignalboxError {
  return new SignalboxError('NOT_LEADER', `The group ${groupId} has no leader now. Bring more of its brokers back, then try again.`, {
    executed: 'no',
  });
}
