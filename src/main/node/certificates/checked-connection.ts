import { X509Certificate } from 'node:crypto';
import type { ClientRequestArgs } from 'node:http';
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { SignalboxError } from '../../../common/errors.ts';
import { pinOf } from './pin.ts';

/** Connecting and the TLS handshake together. */
const handshakeMs = 10_000;

/** What a server's certificate is checked for. */
export type TlsCheck = 'chain' | 'name' | 'expiry' | 'pin';

/** By what a server is known. */
export interface CertificateTrust {
  /** SHA-256 of its public key, 64 hex digits. Without `chain` it stands for chain and name. */
  readonly pin?: string | undefined;
  /** An authority must vouch for it under the name that was dialled, besides the pin. Always so without a pin. */
  readonly chain?: boolean;
}

export interface CertificateFault {
  readonly check: TlsCheck;
  /** SHA-256 of the public key that was shown, 64 hex digits. */
  readonly shown: string;
  readonly expected: string | null;
  /** A sentence without its end: what was found. */
  readonly why: string;
}

/** The server is not the one that was meant, or nothing vouches for it. Nothing was sent to it. */
export class CertificateRefused extends SignalboxError {
  readonly fault: CertificateFault;

  constructor(fault: CertificateFault) {
    super('PIN', `${fault.why}.`, { executed: 'no', retryable: false, data: fault });
    this.name = 'CertificateRefused';
    this.fault = fault;
  }
}

/**
 * Opens a TLS connection and hands it out only after the certificate was judged, so that nothing is written before.
 *
 * @param options host, port and what else `tls.connect` takes; `ca` for an authority of one's own
 * @throws CertificateRefused (code `PIN`) naming the check that failed; the system's error when there is no connection
 */
export function connectChecked(options: ConnectionOptions & { readonly host: string }, trust: CertificateTrust): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...options,
      servername: options.servername ?? (isIP(options.host) === 0 ? options.host : ''),
      // Judged below, with a sentence for each check; TLS itself would only say that it did not like it.
      rejectUnauthorized: false,
    });
    const failed = (error: Error) => {
      clearTimeout(late);
      socket.destroy();
      reject(error);
    };
    const late = setTimeout(() => failed(new Error(`${options.host} did not finish the TLS handshake in time`)), handshakeMs);
    const closed = () => failed(new Error('the connection was closed in the TLS handshake'));
    socket.once('error', failed);
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      const fault = judge(socket, trust, options.host);
      if (fault !== undefined) return failed(new CertificateRefused(fault));
      clearTimeout(late);
      socket.off('error', failed);
      socket.off('close', closed);
      resolve(socket);
    });
  });
}

function judge(socket: TLSSocket, { pin, chain = false }: CertificateTrust, host: string): CertificateFault | undefined {
  const { raw } = socket.getPeerCertificate();
  if (raw === undefined) return { check: 'chain', shown: '', expected: pin ?? null, why: `${host} showed no certificate` };
  const certificate = new X509Certificate(raw);
  const shown = pinOf(certificate);
  const fault = (check: TlsCheck, why: string): CertificateFault => ({ check, shown, expected: pin ?? null, why });
  if (pin !== undefined && shown !== pin)
    return fault('pin', `${host} shows another certificate than the one that is pinned: pinned ${pin}, shown ${shown}`);
  const nowMs = Date.now();
  if (nowMs > Date.parse(certificate.validTo))
    return fault(
      'expiry',
      `the certificate of ${host} expired on ${certificate.validTo} by the clock of this machine; its fingerprint is ${shown}`,
    );
  if (nowMs < Date.parse(certificate.validFrom))
    return fault(
      'expiry',
      `the certificate of ${host} is not yet valid: it begins on ${certificate.validFrom}, and the clock of this machine is before that; its fingerprint is ${shown}`,
    );
  if (socket.authorized || (pin !== undefined && !chain)) return undefined;
  const code = String(socket.authorizationError);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return fault(
      'name',
      `the certificate does not match ${host}; it is for ${certificate.subjectAltName ?? certificate.subject}; its fingerprint is ${shown}`,
    );
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return fault(
      'expiry',
      `a certificate in the chain of ${host} is not valid by the clock of this machine; the one of ${host} is ${shown}`,
    );
  return fault('chain', `no known authority vouches for the certificate of ${host} (${code}); its fingerprint is ${shown}`);
}

/** Opens the connection of an HTTP or WebSocket request. */
export type OpenForRequest = NonNullable<ClientRequestArgs['createConnection']>;

/**
 * {@link connectChecked} for `http.request` and `ws`, which write the request, and the token in it, only once the certificate was judged.
 *
 * @param onRefused told before the request fails, whose own error says less
 */
export function openChecked(
  trust: CertificateTrust,
  { onRefused, ...options }: ConnectionOptions & { readonly onRefused?: (error: CertificateRefused) => void } = {},
): OpenForRequest {
  return ({ host, port }, created) => {
    connectChecked({ ...options, host: host ?? '', port: Number(port), ALPNProtocols: ['http/1.1'] }, trust).then(
      (socket) => created(null, socket),
      (error: Error) => {
        if (error instanceof CertificateRefused) onRefused?.(error);
        created(error, undefined as never);
      },
    );
    return undefined;
  };
}
