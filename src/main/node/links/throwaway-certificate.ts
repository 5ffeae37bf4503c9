import { createSelfSigned } from '../certificates/index.ts';

/** A certificate and its key as TLS takes them, PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const lifeMs = 10 * 365 * 86_400_000;

/**
 * A certificate of P-256 made for one start of the program (security.md 2.3). Peers ignore what it says: TLS needs one, and it
 * cannot be of the node's Ed25519 key, which Electron's TLS does not know. Who is at the other end is proven inside.
 */
export async function createThrowawayCertificate(): Promise<TlsIdentity> {
  const { certificate, key } = await createSelfSigned({ commonName: 'sgbx', notAfterMs: Date.now() + lifeMs });
  return { cert: certificate, key };
}
