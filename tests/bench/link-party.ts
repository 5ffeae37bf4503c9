/** One end of links as benches make them, without a node around it. */
import { agreementKeyFromBytes, KnownKeys, rawAgreementKey, signerFromSeed } from '../../src/main/node/identity/index.ts';
import type { HandshakeParty } from '../../src/main/node/links/index.ts';
import type { Logger } from '../../src/main/node/telemetry/index.ts';
import { certifySealingKey } from '../../src/main/node/trust/index.ts';

const silent = () => undefined;
export const silentLogger: Logger = { trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent };

/** A member whose key is made of one byte. It lets everybody in. */
export function party(byte: number): HandshakeParty {
  const identity = signerFromSeed(new Uint8Array(32).fill(byte));
  const sealingKey = rawAgreementKey(agreementKeyFromBytes(new Uint8Array(32).fill(byte + 100)));
  return {
    identity,
    keys: new KnownKeys(),
    nowMs: Date.now,
    describe: () => ({
      clusterId: new Uint8Array(32).fill(3),
      epoch: 1,
      instance: 'bench',
      sinceMs: 0,
      memberHead: new Uint8Array(32),
      sealingCertificate: certifySealingKey(sealingKey, Date.now(), identity),
      capabilities: [],
    }),
    admit: () => 5,
  };
}
