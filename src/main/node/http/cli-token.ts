import { readFile, rm } from 'node:fs/promises';
import { hashToken, newToken, sameHash } from '../accounts/index.ts';
import { writeFileDurably } from '../store/index.ts';

/** What `DATA/cli.token` holds: enough for a program of the same user to reach the node. */
export interface CliToken {
  readonly token: string;
  /** Base of the node's HTTP addresses, for example `http://127.0.0.1:7420`. */
  readonly url: string;
  /** The node's certificate in PEM, when it listens with TLS: the command line trusts exactly this one. */
  readonly certificate?: string;
}

/**
 * The key of the command line: a file that only its owner can read (mode 0600), new at each start, gone at the stop.
 * Whoever can read it could read the node's data too.
 */
export class CliTokenFile {
  readonly #file: string;
  readonly #token = newToken();
  readonly #hash = hashToken(this.#token);

  constructor(file: string) {
    this.#file = file;
  }

  /** Writes the file, whole or not at all. */
  async write(url: string, certificate: string | undefined): Promise<void> {
    const content: CliToken = { token: this.#token, url, ...(certificate !== undefined && { certificate }) };
    await writeFileDurably(this.#file, `${JSON.stringify(content)}\n`, 0o600);
  }

  /** True for the token of this start. */
  matches(token: string): boolean {
    return sameHash(hashToken(token), this.#hash);
  }

  /** Removes the file, unless another start has replaced it already. */
  async remove(): Promise<void> {
    const content = await readFile(this.#file, 'utf8').catch(() => '');
    if (content.includes(this.#token)) await rm(this.#file, { force: true });
  }
}
