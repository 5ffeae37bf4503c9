import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { SignalboxError } from '../../../common/errors.ts';
import type { SecretStore } from '../identity/index.ts';
import { nodeLimits } from '../limits.ts';
import { writeFileDurably } from '../store/index.ts';
import { createSelfSigned } from './self-signed.ts';
import type { TlsMaterial } from './tls-material.ts';

const fileName = 'listener-certificate.json';
const fileVersion = 1;
const yearMs = 365 * 86_400_000;
const lifeMs = 10 * yearMs;
/** Names of one certificate; more are left out, those of other listeners first. */
const maxNames = 64;
/** Made anew with the same key when less is left. */
const renewBeforeMs = yearMs;

/** By file: several listeners of a node begin at once, and must have one key. */
const loads = new Map<string, Promise<void>>();
const ignore = () => undefined;

const fileSchema = z.looseObject({
  version: z.literal(fileVersion),
  certificate: z.string().min(1),
  wrappedKey: z.base64(),
  store: z.string().min(1).max(64),
});
type StoredCertificate = z.infer<typeof fileSchema>;

export interface OwnCertificateOptions {
  /** The data folder; the certificate is in `listener-certificate.json`. */
  readonly folder: string;
  /** Wraps the key. Opens what former stores wrapped, too. */
  readonly secrets: SecretStore;
  /** Name that a person recognises in a browser's list. */
  readonly commonName: string;
  /** Host names and addresses that the certificate must name. */
  readonly hosts: readonly string[];
  readonly nowMs?: () => number;
}

/**
 * The node's own certificate for its listeners, which no authority signed: clients pin its key. The key is made once and kept, so that a
 * pin holds when the certificate is renewed; one that cannot be opened is never replaced.
 */
export class OwnCertificate {
  readonly #options: OwnCertificateOptions;
  readonly #file: string;

  constructor(options: OwnCertificateOptions) {
    this.#options = options;
    this.#file = join(options.folder, fileName);
  }

  /**
   * The stored certificate; made, or renewed with the same key, when it is missing, ends within a year, or lacks a name. Loads of one file
   * go one after the other.
   *
   * @throws SignalboxError `IDENTITY_LOCKED` when the key cannot be opened, `STORAGE_FULL` when the file is damaged or cannot be read or written
   */
  async load(): Promise<TlsMaterial> {
    const load = (loads.get(this.#file) ?? Promise.resolve()).then(() => this.#load());
    // A load that fails says so to whoever asked; the next one tries for itself.
    const settled = load.then(ignore, ignore);
    loads.set(this.#file, settled);
    try {
      return await load;
    } finally {
      if (loads.get(this.#file) === settled) loads.delete(this.#file);
    }
  }

  async #load(): Promise<TlsMaterial> {
    const { secrets } = this.#options;
    const stored = await this.#read();
    if (stored === undefined) return this.#save(await this.#create());
    const key = await this.#unlock(stored);
    const material = { certificate: stored.certificate, key };
    const certificate = new X509Certificate(stored.certificate);
    if (this.#isDue(certificate)) return this.#save(await this.#create(key, namesIn(certificate)));
    return stored.store === secrets.name ? material : this.#save(material);
  }

  async #read(): Promise<StoredCertificate | undefined> {
    const text = await this.#readText();
    if (text === undefined) return undefined;
    try {
      const stored = fileSchema.parse(JSON.parse(text));
      new X509Certificate(stored.certificate);
      return stored;
    } catch (cause) {
      throw this.#damaged(cause);
    }
  }

  async #readText(): Promise<string | undefined> {
    try {
      const { size } = await stat(this.#file);
      if (size > nodeLimits.settingsFileBytes) throw this.#damaged(undefined);
      return await readFile(this.#file, 'utf8');
    } catch (cause) {
      if (cause instanceof SignalboxError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new SignalboxError('STORAGE_FULL', `The file ${this.#file} cannot be read (${code}). Make it readable.`, { cause });
    }
  }

  async #unlock(stored: StoredCertificate): Promise<string> {
    const key = await this.#options.secrets.decrypt(Buffer.from(stored.wrappedKey, 'base64')).catch((cause: unknown) => {
      const why =
        `The key of this node’s certificate cannot be opened: it is protected by "${stored.store}". Start the node the way it was started ` +
        `before, with the same passphrase and user. To have a new certificate instead, which every client must be told, move ${this.#file} away.`;
      throw new SignalboxError('IDENTITY_LOCKED', why, { retryable: false, executed: 'no', cause });
    });
    const pem = Buffer.from(key).toString('utf8');
    try {
      if (new X509Certificate(stored.certificate).checkPrivateKey(createPrivateKey(pem))) return pem;
    } catch (cause) {
      throw this.#damaged(cause);
    }
    throw this.#damaged(undefined);
  }

  #isDue(certificate: X509Certificate): boolean {
    const { hosts, nowMs = Date.now } = this.#options;
    const names = (host: string) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
    return Date.parse(certificate.validTo) - nowMs() < renewBeforeMs || !hosts.every(names);
  }

  /** @param former names of the certificate that is replaced: another listener of the node may need them */
  #create(key?: string, former: readonly string[] = []): Promise<TlsMaterial> {
    const { commonName, nowMs = Date.now } = this.#options;
    const hosts = [...new Set([...this.#options.hosts, ...former])].slice(0, maxNames);
    return createSelfSigned({ commonName, hosts, notAfterMs: nowMs() + lifeMs, ...(key !== undefined && { key }) });
  }

  async #save(material: TlsMaterial): Promise<TlsMaterial> {
    const { secrets } = this.#options;
    const wrappedKey = Buffer.from(await secrets.encrypt(Buffer.from(material.key))).toString('base64');
    const stored: StoredCertificate = { version: fileVersion, certificate: material.certificate, wrappedKey, store: secrets.name };
    await writeFileDurably(this.#file, `${JSON.stringify(stored, null, 2)}\n`, 0o600);
    return material;
  }

  #damaged(cause: unknown): SignalboxError {
    const why = `The file ${this.#file} does not hold the certificate of this node. Restore it from a backup; or move it away: the node then makes a new certificate, which every client must be told.`;
    return new SignalboxError('STORAGE_FULL', why, { retryable: false, executed: 'no', cause });
  }
}

function namesIn({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
}
