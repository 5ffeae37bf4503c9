import { hkdf, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** What both ends derive from a join code; the code itself is never sent or stored. */
export interface InviteKeys {
  /** Names the invitation; 8 bytes. */
  readonly inviteId: Uint8Array;
  /** 32 bytes. */
  readonly macKey: Uint8Array;
}

/** N = 2^15: about 0.1 s, once for the inviter and once for the joiner, never for a stranger. */
const scryptOptions = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 } as const;
const noSalt = Buffer.alloc(0);
const expand = promisify(hkdf);

/** scrypt, then HKDF-SHA-256 (security.md 2.4). @param secret of the join code, 12 bytes */
export async function deriveInviteKeys(secret: Uint8Array): Promise<InviteKeys> {
  const key = await new Promise<Buffer>((resolve, reject) => {
    scrypt(secret, 'SGBX/invite/v1', 64, scryptOptions, (error, derived) => (error === null ? resolve(derived) : reject(error)));
  });
  const inviteId = new Uint8Array(await expand('sha256', key, noSalt, 'SGBX/invite-id/v1', 8));
  const macKey = new Uint8Array(await expand('sha256', key, noSalt, 'SGBX/invite-mac/v1', 32));
  return { inviteId, macKey };
}
