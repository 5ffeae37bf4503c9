import { hkdfSync } from 'node:crypto';
import { type AccessRules, accessRulesSchema } from '../../../../common/contract/tunnels.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { seal, sealKeyBytes, unseal } from './sealed.ts';

const info = 'SGBX-TUNNEL-ACCESS-V1';

/**
 * Closes the access rules of a tunnel for the way to its gateway: they leave the agent before the gateway has proven who it is, and hold a
 * password. nonce ‖ tag ‖ ciphertext of AES-256-GCM under a key of the secret and the challenge, so that they open for this sign-in alone.
 *
 * @param secret of the token, as text
 * @param challenge the gateway's 32 random bytes
 */
export function sealAccess(secret: string, challenge: Uint8Array, rules: AccessRules): Uint8Array {
  return seal(accessKey(secret, challenge), Buffer.from(JSON.stringify(rules), 'utf8'));
}

/** Opens what {@link sealAccess} closed. @throws SignalboxError `DECRYPT` (another secret or challenge), `INVALID_PARAMS` (not rules) */
export function openAccess(secret: string, challenge: Uint8Array, sealed: Uint8Array): AccessRules {
  let text: string;
  try {
    text = unseal(accessKey(secret, challenge), sealed).toString('utf8');
  } catch (cause) {
    throw new SignalboxError('DECRYPT', 'The access rules of the tunnel cannot be opened.', { executed: 'no', cause });
  }
  const rules = accessRulesSchema.safeParse(parseJson(text));
  if (rules.success) return rules.data;
  throw new SignalboxError('INVALID_PARAMS', 'The access rules of the tunnel are not in the form that this version knows.', {
    executed: 'no',
  });
}

function accessKey(secret: string, challenge: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', Buffer.from(secret, 'utf8'), challenge, info, sealKeyBytes));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
