/** How a node becomes a member: by a join code, or by comparing a short number. */

export { encodeInviteFile, type InviteFile, readInviteFile } from './invite-file.ts';
export { deriveInviteKeys, type InviteKeys } from './invite-keys.ts';
export {
  type AcceptedInvite,
  type Invite,
  type InviteRefusal,
  type InviteState,
  Invites,
  type InviteTerms,
  inviteMigrations,
  inviteRefused,
} from './invites.ts';
export { encodeJoinBody, type JoinBody, readJoinBody } from './join-body.ts';
export { joinCodeOf, newInviteSecret, readJoinCode } from './join-code.ts';
export {
  checkInvitation,
  checkJoinSignature,
  checkSignedInvitation,
  type JoinProof,
  type JoinTranscript,
  joinExporterLabel,
  knowsCode,
  proveInvitation,
  proveJoin,
  signInvitation,
  signJoin,
} from './join-proof.ts';
export {
  type Comparison,
  ComparisonLimiter,
  ComparisonRequest,
  comparisonCommitment,
  comparisonExporterLabel,
  newComparisonNonce,
  shortNumber,
} from './short-number.ts';
