import { X509Certificate } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { toErrorShape } from '../../../../common/errors.ts';
import { readCertificateFiles, versionOf } from '../../certificates/certificate-files.ts';
import { listenerTlsOptions, type TlsMaterial } from '../../certificates/index.ts';
import type { Startable } from '../../startable.ts';
import type { ProblemReport } from '../../telemetry/problems.ts';
import type { Logger } from '../../telemetry/types.ts';
import { gatewayLimits } from './limits.ts';
import type { PublicTls } from './types.ts';

const problemId = 'gateway.certificates';
const dayMs = 86_400_000;
const warnBeforeMs = 21 * dayMs;
const certificateFile = /^(.+)\.(?:crt|pem)$/;

export interface PublicCertificatesOptions {
  /** Of the node: for clients that name a host for which no pair of the folder is. */
  readonly own: TlsMaterial;
  /** Holds NAME.crt or NAME.pem, each with NAME.key; undefined: the node's own certificate alone. */
  readonly folder: string | undefined;
  readonly problems: { raise(problem: ProblemReport): void; clear(problemId: string): void };
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly nowMs?: () => number;
  readonly lookEveryMs?: number;
}

/** A pair that can be used. */
interface Pair {
  readonly name: string;
  readonly version: string;
  readonly hosts: readonly string[];
  readonly validUntilMs: number;
  readonly context: SecureContext;
}

/**
 * Certificates of the public port, chosen by the host that a client names. New and renewed files are taken without a restart; a pair that
 * cannot be used leaves its former one in place and is a problem of the node, never a crash.
 */
export class PublicCertificates implements PublicTls, Startable {
  readonly key: string;
  readonly cert: string;
  readonly #options: PublicCertificatesOptions;
  #pairs: ReadonlyMap<string, Pair> = new Map();
  #byHost: ReadonlyMap<string, SecureContext> = new Map();
  #faults: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: PublicCertificatesOptions) {
    this.#options = options;
    this.key = options.own.key;
    this.cert = options.own.certificate;
  }

  contextFor(serverName: string): SecureContext | undefined {
    const name = serverName.toLowerCase();
    // A wildcard stands for one label (RFC 9525).
    return this.#byHost.get(name) ?? this.#byHost.get(`*${name.slice(name.indexOf('.'))}`);
  }

  async start(): Promise<void> {
    if (this.#options.folder === undefined) return;
    await this.look();
    this.#timer = setInterval(() => {
      this.#looking = this.look();
    }, this.#options.lookEveryMs ?? gatewayLimits.lookAtCertificatesMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#options.problems.clear(problemId);
  }

  /** Looks at the folder now. Never rejects. */
  async look(): Promise<void> {
    const { folder, logger } = this.#options;
    if (folder === undefined) return;
    const faults: string[] = [];
    const pairs = new Map<string, Pair>();
    for (const [name, file] of await this.#filesOf(folder, faults)) {
      const files = { certFile: join(folder, file), keyFile: join(folder, `${name}.key`) };
      const former = this.#pairs.get(name);
      const version = await versionOf(files);
      try {
        const pair = former?.version === version ? former : await readPair(name, version, files);
        if (pair !== former)
          logger.info('gateway.certificateTaken', 'A certificate of the public port was taken.', { name, hosts: pair.hosts });
        pairs.set(name, pair);
      } catch (error) {
        faults.push(toErrorShape(error).message);
        // Read again at the next look: the other half of a renewal may still be on its way.
        if (former !== undefined) pairs.set(name, { ...former, version: '' });
      }
    }
    this.#pairs = pairs;
    this.#faults = faults;
    this.#byHost = new Map([...pairs.values()].flatMap(({ hosts, context }) => hosts.map((host) => [host, context] as const)));
    this.#report();
  }

  /** @returns names of pairs with the files of their certificates */
  async #filesOf(folder: string, faults: string[]): Promise<ReadonlyMap<string, string>> {
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      faults.push(`The folder ${folder} cannot be read (${error.code}). Check gateway.certificates.`);
      return [];
    });
    const named = files.sort().flatMap((file) => {
      const name = certificateFile.exec(file)?.[1];
      return name === undefined ? [] : [[name, file] as const];
    });
    if (named.length > gatewayLimits.certificates)
      faults.push(`The folder ${folder} has ${named.length} certificates; the first ${gatewayLimits.certificates} are used.`);
    return new Map(named.slice(0, gatewayLimits.certificates));
  }

  #report(): void {
    const { problems, nowMs = Date.now } = this.#options;
    const now = nowMs();
    const ending = [...this.#pairs.values()].filter(({ validUntilMs }) => validUntilMs - now < warnBeforeMs);
    const [first] = ending.sort((a, b) => a.validUntilMs - b.validUntilMs);
    const lines = [
      ...this.#faults,
      ...ending.map(({ name, validUntilMs }) => `${name} ${validUntilMs <= now ? 'has expired' : 'expires'} on ${day(validUntilMs)}.`),
    ];
    if (lines.length === 0) {
      problems.clear(problemId);
      return;
    }
    const isExpired = first !== undefined && first.validUntilMs <= now;
    problems.raise({
      id: problemId,
      severity: isExpired ? 'crit' : 'warn',
      title: this.#faults.length > 0 ? 'Certificates of the gateway cannot be used' : 'Certificates of the gateway are to be renewed',
      detail: `${lines.slice(0, 5).join(' ')}${lines.length > 5 ? ` And ${lines.length - 5} more.` : ''} Renewed files are taken within a minute, without a restart.`,
      view: '/settings',
    });
  }
}

async function readPair(name: string, version: string, files: { readonly certFile: string; readonly keyFile: string }): Promise<Pair> {
  const material = await readCertificateFiles(files, { certFile: 'gateway.certificates', keyFile: 'gateway.certificates' });
  const certificate = new X509Certificate(material.certificate);
  return {
    name,
    version,
    hosts: hostsOf(certificate),
    validUntilMs: Date.parse(certificate.validTo),
    context: createSecureContext(listenerTlsOptions(material)),
  };
}

function hostsOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
}

/** `2026-11-21`. */
function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
