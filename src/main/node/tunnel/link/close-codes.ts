import type { LinkEnd } from './types.ts';

/** Codes of the WebSocket close frame (RFC 6455 7.4): those from 4000 on are ours. */
export const closeCodes: Readonly<Record<LinkEnd['code'], number>> = {
  closed: 1_000,
  goneAway: 1_001,
  protocol: 1_002,
  lost: 1_011,
  silent: 4_408,
  refused: 4_403,
  revoked: 4_401,
  replaced: 4_409,
};

/** What a close frame of the other end means. A connection that broke without one has 1005 or 1006. */
export function endOf(code: number, reason: string): LinkEnd {
  const known = (Object.keys(closeCodes) as LinkEnd['code'][]).find((name) => closeCodes[name] === code) ?? 'lost';
  return { code: known, reason: reason === '' ? plain[known] : reason };
}

const plain: Readonly<Record<LinkEnd['code'], string>> = {
  closed: 'The other end closed the connection.',
  goneAway: 'The other end stopped.',
  protocol: 'The other end found a fault in what it was sent.',
  lost: 'The connection broke.',
  silent: 'The other end heard nothing for a while.',
  refused: 'The other end refused the connection.',
  revoked: 'The token no longer opens.',
  replaced: 'The agent signed in again.',
};
