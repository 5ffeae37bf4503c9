import { toErrorShape } from '../../../../common/errors.ts';
import type { BinaryFrame } from '../protocol/index.ts';
import type { LeaderDesk } from './leader-desk.ts';
import { decodeMembershipRequest, refusalHeader, successHeader } from './membership-requests.ts';
import type { PeerConnection } from './peer-connection.ts';
import { peerFrameTypes } from './peer-frames.ts';

/** Answers what another broker asks about the members of a group. Refusals are answers; it never rejects. */
export async function answerMembership(desk: LeaderDesk, connection: PeerConnection, { requestId, header }: BinaryFrame): Promise<void> {
  const answer = (fields: object) => connection.send({ type: peerFrameTypes.forwardAnswer, requestId, header: fields, payload: [] });
  try {
    const request = decodeMembershipRequest(header);
    try {
      answer(successHeader(await desk.decide(request, connection.peer)));
    } catch (error) {
      const shape = toErrorShape(error);
      answer(refusalHeader(shape, shape.code === 'NOT_LEADER' ? desk.leaderOf(request.cluster_id) : undefined));
    }
  } catch (error) {
    answer(refusalHeader(toErrorShape(error)));
  }
}
