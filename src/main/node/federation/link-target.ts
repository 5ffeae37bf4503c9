import { readFile } from 'node:fs/promises';
import { SignalboxError } from '../../../common/errors.ts';
import { parsePin } from '../certificates/index.ts';

/** Where and as whom the link connects. */
export interface LinkTarget {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:` */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** SHA-256 of the broker's public key, 64 hex digits; with `ca` both must hold. */
  readonly pin?: string;
}

/** Where an external broker is, with the files that hold what is secret. Empty texts: none. */
export interface BrokerAddress {
  readonly url: string;
  readonly username: string;
  readonly passwordFile: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Setting `federation.pin`. */
  readonly pin: string;
}

/**
 * Reads the files of a broker's address, so that a renewed certificate counts at the next connection.
 *
 * @throws SignalboxError `NOT_FOUND` naming the file that cannot be read
 */
export async function readLinkTarget(address: BrokerAddress): Promise<LinkTarget> {
  const [password, ca, cert, key] = await Promise.all(
    [address.passwordFile, address.caFile, address.certFile, address.keyFile].map(readOptional),
  );
  return {
    url: address.url,
    ...(address.username !== '' && { username: address.username }),
    ...(password !== undefined && { password: password.split(/\r?\n/, 1)[0] ?? '' }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(address.pin !== '' && { pin: parsePin(address.pin) ?? '' }),
  };
}

async function readOptional(file: string): Promise<string | undefined> {
  if (file === '') return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SignalboxError('NOT_FOUND', `${file} cannot be read`, { cause: error });
  }
}
