import { type ErrorCode, SignalboxError } from '../../../common/errors.ts';
import { readInviteFile } from '../trust/index.ts';
import { type Address, parseAddress } from './contacts.ts';
import { type JoinTerms, joinWithCode } from './join-ways.ts';
import type { MembershipPart } from './membership-part.ts';

/** Nobody there, or somebody else: the next address may be right. */
const elsewhere: ReadonlySet<ErrorCode> = new Set(['NODE_UNREACHABLE', 'NODE_LOST', 'TIMEOUT', 'SELF', 'WRONG_CLUSTER']);

/**
 * Joins with an invite file, at its addresses in turn. Whether it still holds is for the inviter to say: the clock of a machine that has
 * just been set up is often wrong, and is asked only to explain a refusal.
 *
 * @throws SignalboxError `INVITE_INVALID`, `VERSION`, `TOO_LARGE`, and as {@link joinWithCode}
 */
export async function joinWithFile(
  part: Pick<MembershipPart, 'join'>,
  text: string,
  terms: Omit<JoinTerms, 'clusterId'>,
  nowMs: () => number,
): Promise<void> {
  const { code, clusterId, clusterName, expiresMs, addresses } = readInviteFile(text);
  const usable = addresses.map(parseAddress).filter((address): address is Address => address !== undefined);
  let failure = new SignalboxError('INVITE_INVALID', 'The invite file names no address that can be dialled. Ask for a new one.', {
    executed: 'no',
  });
  for (const address of usable) {
    try {
      await joinWithCode(part, code, address, { ...terms, clusterId });
      return;
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      failure = error;
      if (!elsewhere.has(error.code)) break;
    }
  }
  if (failure.code !== 'INVITE_INVALID' || nowMs() < expiresMs) throw failure;
  const until = new Date(expiresMs).toISOString().slice(0, 16).replace('T', ' ');
  throw new SignalboxError('INVITE_INVALID', `The invite file for ${clusterName} was good until ${until} UTC. Ask for a new one.`, {
    executed: 'no',
    cause: failure,
  });
}
