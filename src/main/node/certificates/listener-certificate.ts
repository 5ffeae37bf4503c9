import { X509Certificate } from 'node:crypto';
import { toErrorShape } from '../../../common/errors.ts';
import type { Startable } from '../startable.ts';
import type { Problems } from '../telemetry/index.ts';
import type { Logger } from '../telemetry/types.ts';
import { type FileSettings, readCertificateFiles, versionOf } from './certificate-files.ts';
import type { OwnCertificate } from './own-certificate.ts';
import { pinOf } from './pin.ts';
import type { TlsFiles, TlsMaterial } from './tls-material.ts';

const defaultLookEveryMs = 30_000;
const dayMs = 86_400_000;
const warnBeforeMs = 21 * dayMs;

/** What people and clients know a listener by. */
export interface CertificateFacts {
  readonly source: 'own' | 'files';
  /** SHA-256 of the public key, which clients pin: 64 hex digits. */
  readonly fingerprint: string;
  /** SHA-256 of the whole certificate, as browsers show it first. */
  readonly certificateFingerprint: string;
  /** Milliseconds since the epoch. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

export interface ListenerCertificateOptions {
  /** What listens, as it stands in a sentence: "console". */
  readonly listener: string;
  /** Id of the problem that is raised, for example `http.certificate`. */
  readonly problemId: string;
  /** The user's files and the settings that name them; absent: the node's own certificate. */
  readonly files?: TlsFiles & { readonly settings: FileSettings };
  readonly own: OwnCertificate;
  readonly problems: Problems;
  readonly logger: Logger;
  readonly nowMs?: () => number;
  /** How often the files and the dates are looked at, milliseconds. */
  readonly lookEveryMs?: number;
}

interface Loaded {
  readonly material: TlsMaterial;
  readonly facts: CertificateFacts;
}

/**
 * The certificate of one TLS listener: the user's files, or the node's own. Renewed files are taken without a restart; what cannot be used
 * leaves the former one in place and is a problem of the node, as is one that ends soon.
 */
export class ListenerCertificate implements Startable {
  readonly #options: ListenerCertificateOptions;
  readonly #nowMs: () => number;
  #loaded: Loaded | undefined;
  /** Of the files that were read, usable or not. */
  #version = '';
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #onRenewed: ((material: TlsMaterial) => void) | undefined;

  constructor(options: ListenerCertificateOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** Undefined before the start. */
  get facts(): CertificateFacts | undefined {
    return this.#loaded?.facts;
  }

  /** @throws Error before the start: a fault of the program */
  get material(): TlsMaterial {
    if (this.#loaded === undefined) throw new Error('the certificate was not loaded');
    return this.#loaded.material;
  }

  /** Tells the listener of a renewed certificate: connections that are open keep the former one. */
  onRenewed(listener: (material: TlsMaterial) => void): void {
    this.#onRenewed = listener;
  }

  /** @throws SignalboxError `INVALID_PARAMS` for files that cannot be used; `IDENTITY_LOCKED`, `STORAGE_FULL` for the node's own */
  async start(): Promise<void> {
    const { files } = this.#options;
    if (files !== undefined) this.#version = await versionOf(files);
    this.#loaded = await this.#load();
    this.#failure = undefined;
    this.#report();
    this.#timer = setInterval(() => {
      this.#looking = this.#look();
    }, this.#options.lookEveryMs ?? defaultLookEveryMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#looking;
    this.#options.problems.clear(this.#options.problemId);
  }

  async #load(): Promise<Loaded> {
    const { files, own } = this.#options;
    const material = files === undefined ? await own.load() : await readCertificateFiles(files, files.settings);
    const certificate = new X509Certificate(material.certificate);
    return {
      material,
      facts: {
        source: files === undefined ? 'own' : 'files',
        fingerprint: pinOf(certificate),
        certificateFingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        validFromMs: Date.parse(certificate.validFrom),
        validUntilMs: Date.parse(certificate.validTo),
      },
    };
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { files, listener, logger } = this.#options;
    const version = files === undefined ? '' : await versionOf(files);
    // Files that could not be used are read again: the other half of a renewal may come later with the same times.
    if (files !== undefined && version === this.#version && this.#failure === undefined) {
      this.#report();
      return;
    }
    try {
      const loaded = await this.#load();
      this.#version = version;
      this.#failure = undefined;
      if (loaded.facts.certificateFingerprint !== this.#loaded?.facts.certificateFingerprint) {
        this.#loaded = loaded;
        this.#onRenewed?.(loaded.material);
        logger.info('certificate.renewed', `The ${listener} has a new certificate.`, { ...loaded.facts });
      }
    } catch (error) {
      const { message } = toErrorShape(error);
      if (message !== this.#failure) logger.error('certificate.notRenewed', `The ${listener} keeps its former certificate.`, { error });
      this.#failure = message;
    }
    this.#report();
  }

  /** The worst that is to be said of the certificate, as one problem. */
  #report(): void {
    const { problems, problemId, listener } = this.#options;
    const trouble = this.#trouble();
    if (trouble === undefined) problems.clear(problemId);
    else
      problems.raise({
        id: problemId,
        view: '/settings?section=network',
        ...trouble,
        title: trouble.title.replace('{listener}', listener),
      });
  }

  #trouble(): { readonly severity: 'warn' | 'crit'; readonly title: string; readonly detail: string } | undefined {
    const facts = this.#loaded?.facts;
    if (facts === undefined) return undefined;
    const nowMs = this.#nowMs();
    const renew =
      facts.source === 'own'
        ? 'The node renews it by itself with the same key.'
        : 'Renew the files; the node takes them within a minute, without a restart.';
    if (nowMs >= facts.validUntilMs)
      return {
        severity: 'crit',
        title: `The certificate of the {listener} has expired on ${day(facts.validUntilMs)}`,
        detail: `Browsers and programs refuse it, if the clock of this machine is right: it says ${day(nowMs)}. ${renew}`,
      };
    if (this.#failure !== undefined)
      return {
        severity: 'warn',
        title: 'The {listener} could not take its renewed certificate',
        detail: `${this.#failure} It goes on with the former one, good until ${day(facts.validUntilMs)}.`,
      };
    if (nowMs < facts.validFromMs)
      return {
        severity: 'warn',
        title: `The certificate of the {listener} is not valid before ${day(facts.validFromMs)}`,
        detail: `The clock of this machine says ${day(nowMs)}. Set the clock, or use a certificate that is valid now.`,
      };
    if (facts.validUntilMs - nowMs < warnBeforeMs)
      return {
        severity: 'warn',
        title: `The certificate of the {listener} expires on ${day(facts.validUntilMs)}, in ${Math.ceil((facts.validUntilMs - nowMs) / dayMs)} days`,
        detail: renew,
      };
    return undefined;
  }
}

/** `2026-11-21`. */
function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
