import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';

/** Paths of two PEM files that the user gives. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** PEM texts. The certificate may be followed by its chain. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly key: string;
}

/** TLS 1.2 is for browsers and programs that have no 1.3, and then only with forward secrecy and authenticated encryption. */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

/** What every TLS listener of the node has in common, whatever it carries: also for `setSecureContext`. */
export function listenerTlsOptions({ certificate, key }: TlsMaterial) {
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    ciphers,
    honorCipherOrder: true,
    // A renegotiation costs the server more than the client, and nobody needs one (security.md row 5).
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  } as const satisfies TlsOptions;
}
