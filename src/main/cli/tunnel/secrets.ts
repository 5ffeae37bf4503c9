/** Where a tunnel's secrets come from. Never shown, and best not on the command line. */
import { UsageError } from '../exit-codes.ts';
import { readTextFile } from '../files.ts';
import type { CliIo } from '../io.ts';
import type { Output } from '../output.ts';
import { readHidden } from '../read-secret.ts';

const secretVariable = 'SIGNALBOX_TUNNEL_SECRET';
const passwordVariable = 'SIGNALBOX_TUNNEL_PASSWORD';
const mostSecretBytes = 1_024;

export interface SecretFlags {
  readonly secret?: string;
  readonly secretFile?: string;
}

/**
 * The secret of a token: from `--secret`, `--secret-file`, the environment, or asked for (the first line of a pipe), in this order.
 *
 * @throws UsageError there is none
 */
export async function readTokenSecret(io: CliIo, out: Output, { secret, secretFile }: SecretFlags): Promise<string> {
  if (secret !== undefined) {
    out.note(
      `A secret on the command line can be seen by other users of this machine. Better: ${secretVariable}, --secret-file, or a pipe.`,
    );
    return nonEmpty(secret);
  }
  if (secretFile !== undefined) return nonEmpty((await readTextFile(secretFile, mostSecretBytes)).trim());
  const fromEnvironment = process.env[secretVariable];
  return nonEmpty(fromEnvironment ?? (await readHidden(io, 'Secret of the token: ')).trim());
}

/**
 * The password that clients of a tunnel give: from the environment, or asked for.
 *
 * @param stdinIsTaken the first line of a pipe was the secret of the token
 * @throws UsageError there is none
 */
export async function readClientPassword(io: CliIo, stdinIsTaken: boolean): Promise<string> {
  const fromEnvironment = process.env[passwordVariable];
  if (fromEnvironment !== undefined) return nonEmpty(fromEnvironment);
  if (stdinIsTaken && io.stdin.isTTY !== true)
    throw new UsageError(
      `--basic-auth: without a terminal to ask at, set ${passwordVariable}, or give the secret in another way than a pipe.`,
    );
  return nonEmpty(await readHidden(io, 'Password for clients: '));
}

/** True when {@link readTokenSecret} would read from stdin. */
export function secretFromStdin({ secret, secretFile }: SecretFlags): boolean {
  return secret === undefined && secretFile === undefined && process.env[secretVariable] === undefined;
}

function nonEmpty(text: string): string {
  if (text === '') throw new UsageError('The secret is empty.');
  return text;
}
