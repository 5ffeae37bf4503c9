import { hostname } from 'node:os';
import { ListenerCertificate, OwnCertificate } from './certificates/index.ts';
import type { Config } from './config/index.ts';
import type { SecretStore } from './identity/index.ts';
import { isLoopback } from './loopback.ts';
import type { Logs, Problems } from './telemetry/index.ts';

export interface ConsoleCertificateOptions {
  readonly dataFolder: string;
  readonly config: Config;
  readonly secrets: SecretStore;
  readonly logs: Logs;
  readonly problems: Problems;
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The certificate of the console as the settings want it; undefined for plain HTTP. */
export function consoleCertificate({
  dataFolder,
  config,
  secrets,
  logs,
  problems,
}: ConsoleCertificateOptions): ListenerCertificate | undefined {
  const mode = config.get('http.tls');
  const certFile = config.get('http.tlsCertFile');
  if (mode === 'off' || (mode === 'auto' && certFile === '' && isLoopback(config.get('http.host')))) return undefined;
  return new ListenerCertificate({
    listener: 'console',
    problemId: 'http.certificate',
    ...(certFile !== '' && {
      files: {
        certFile,
        keyFile: config.get('http.tlsKeyFile'),
        settings: { certFile: 'http.tlsCertFile', keyFile: 'http.tlsKeyFile' },
      },
    }),
    own: new OwnCertificate({
      folder: dataFolder,
      secrets,
      commonName: `Signalbox ${config.get('node.name')}`,
      hosts: hostsOf(config.get('http.host'), config.get('http.allowedHosts')),
    }),
    problems,
    logger: logs.logger('http'),
  });
}

/** Names under which the console is reached and that a certificate can hold. */
function hostsOf(listenHost: string, allowedHosts: readonly string[]): string[] {
  const names = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...allowedHosts.map(withoutPort)];
  if (!wildcards.has(listenHost)) names.push(listenHost);
  return [...new Set(names)].filter((name) => /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+)$/i.test(name));
}

function withoutPort(name: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(name)?.[1];
  return bracketed ?? (name.split(':').length === 2 ? (name.split(':')[0] ?? name) : name);
}
