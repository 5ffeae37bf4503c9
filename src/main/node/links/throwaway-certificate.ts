/** A certificate and its key as TLS takes them, PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lifeYears = 10;

/**
 * A certificate of P-256 made for one start of the program (security.md 2.3). Peers ignore what it says: TLS needs one, and it
 * cannot be of the node's Ed25519 key, which Electron's TLS does not know. Who is at the other end is proven inside.
 */
export async function createThrowawayCertificate(): Promise<TlsIdentity> {
  const { KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } = await loadLibrary();
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(0);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    name: 'CN=sgbx',
    // Clocks in the field are wrong, and nobody looks at these dates.
    notBefore,
    notAfter: new Date(Date.now() + lifeYears * 365 * 86_400_000),
    signingAlgorithm: algorithm,
    keys,
    // BoringSSL refuses a certificate whose use does not say so.
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}

/** Loaded when a door is opened: a node in no cluster starts a tenth of a second sooner without it. */
async function loadLibrary() {
  // The library keeps its parts in a container that needs this before anything of it is loaded.
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
