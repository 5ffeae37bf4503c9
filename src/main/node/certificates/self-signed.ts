import { createPrivateKey, createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { TlsMaterial } from './tls-material.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

export interface SelfSignedOptions {
  readonly commonName: string;
  /** Host names and IP addresses under which it is shown; absent: it names none, because its peers look at the key alone. */
  readonly hosts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number;
  /** PKCS #8 in PEM of a key that stays; absent: a new one. */
  readonly key?: string;
}

/**
 * A certificate of P-256 that nobody but its own key signed (security.md 2.3): Electron's TLS does not know Ed25519, so it cannot be of
 * the node's key.
 */
export async function createSelfSigned(options: SelfSignedOptions): Promise<TlsMaterial> {
  const {
    BasicConstraintsExtension,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    SubjectAlternativeNameExtension,
    ...x509
  } = await loadLibrary();
  const { hosts = [] } = options;
  const keys = options.key === undefined ? await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) : await keysOf(options.key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    name: `CN=${options.commonName}`,
    // Clocks in the field are wrong: it is good before it was made.
    notBefore: new Date(0),
    notAfter: new Date(options.notAfterMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      // BoringSSL refuses a certificate whose use does not say so.
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ...(hosts.length === 0
        ? []
        : [
            new BasicConstraintsExtension(false),
            new ExtendedKeyUsageExtension([serverAuthentication]),
            new SubjectAlternativeNameExtension(
              hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
            ),
          ]),
    ],
  });
  const key = options.key ?? toPem(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: `${certificate.toString('pem')}\n`, key };
}

async function keysOf(pem: string) {
  const privateKey = createPrivateKey(pem);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', new Uint8Array(spki), algorithm, true, ['verify']),
  };
}

function toPem(pkcs8: ArrayBuffer): string {
  const lines =
    Buffer.from(pkcs8)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

/** Loaded when a certificate is made: a node that needs none starts a tenth of a second sooner without it. */
async function loadLibrary() {
  // The library keeps its parts in a container that needs this before anything of it is loaded.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
