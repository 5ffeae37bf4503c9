import type { identityContract } from '../../../common/contract/identity.ts';
import type { Handlers } from '../router/types.ts';
import { requireHere } from './members.ts';

export interface IdentityServiceOptions {
  /** What the node is called. */
  readonly name: () => string;
  /** @returns the text of the backup file */
  readonly makeBackup: (passphrase: string) => Promise<string>;
}

/** Who this node is, for a safe place. */
export function createIdentityService({ name, makeBackup }: IdentityServiceOptions): Handlers<keyof typeof identityContract> {
  return {
    'identity.backup': async ({ passphrase }, { principal }) => {
      requireHere(principal);
      return { file: await makeBackup(passphrase), name: `${name()}.signalbox-identity` };
    },
  };
}
