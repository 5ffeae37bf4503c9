import { trustLimits } from './limits.ts';
import { refusal } from './refusal.ts';

/** Letters, marks, digits, spaces and the punctuation of ordinary names; no control, bidirectional or invisible characters (row 52). */
const pattern = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._'()#+-]*[\p{L}\p{M}\p{N}.)])?$/u;

/**
 * A name that a stranger gave, for the screen.
 *
 * @param whose named in the error
 * @throws SignalboxError `INVALID_PARAMS`
 */
export function checkName(name: string, whose: 'cluster' | 'member'): string {
  if (Buffer.byteLength(name) > trustLimits.nameBytes || !pattern.test(name) || name !== name.normalize('NFC'))
    throw refusal('INVALID_PARAMS', `The name of the ${whose} has characters that a name cannot have, or is too long.`);
  return name;
}
