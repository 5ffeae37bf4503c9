import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  scryptSync,
  sign,
  verify,
} from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPublicKey, privateKeyFromSeed, rawPublicKey } from './identity/ed25519.ts';
import { nodeIdOf } from './identity/node-id.ts';
import { createPassphraseStore } from './identity/secret-store.ts';
import { createStore } from './store/worker-store.ts';
import type { Logger } from './telemetry/types.ts';
import { checkGoldenVectors } from './trust/golden-vectors.ts';

export interface SelfTestCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What was found, or what went wrong. */
  readonly detail: string;
  readonly durationMs: number;
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function expectEqual(what: string, found: string, wanted: string): void {
  if (found !== wanted) throw new Error(`${what} is ${found} instead of ${wanted}`);
}

/** Node ids and the session signature of security.md 2.11. */
function ed25519(): string {
  const a = rawPublicKey(privateKeyFromSeed(new Uint8Array(32).fill(1)));
  const b = rawPublicKey(privateKeyFromSeed(new Uint8Array(32).fill(2)));
  expectEqual('public key A', toHex(a), '8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c');
  expectEqual('node id A', nodeIdOf(a), 'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa');
  expectEqual('node id B', nodeIdOf(b), 'n1qe4xodvipulv6vvdkrtmgtd6ztfy3curwtxdpis56yhvxd6jwoka');
  // RFC 8032, 7.1, test 2.
  const key = privateKeyFromSeed(hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));
  const message = hex('72');
  const signature = sign(null, message, key);
  expectEqual(
    'signature',
    toHex(signature),
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
  const publicKey = importPublicKey(rawPublicKey(key));
  if (!verify(null, message, publicKey, signature)) throw new Error('a right signature is refused');
  if (verify(null, hex('73'), publicKey, signature)) throw new Error('a wrong signature is taken');
  return 'golden vectors, sign, verify';
}

/** RFC 7748, 6.1. */
function x25519(): string {
  const privateKey = createPrivateKey({
    key: Buffer.concat([hex('302e020100300506032b656e04220420'), hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb')]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey({
    key: Buffer.concat([hex('302a300506032b656e032100'), hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')]),
    format: 'der',
    type: 'spki',
  });
  expectEqual(
    'shared secret',
    toHex(diffieHellman({ privateKey, publicKey })),
    '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  );
  return 'RFC 7748 vector';
}

/** Test case 14 of the GCM specification. */
function aes256Gcm(): string {
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 });
  const sealed = Buffer.concat([cipher.update(Buffer.alloc(16)), cipher.final()]);
  expectEqual('ciphertext', toHex(sealed), 'cea7403d4d606b6e074ec5d3baf39d18');
  expectEqual('tag', toHex(cipher.getAuthTag()), 'd0d1c8a799996bf0265b98b5d48ab919');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12), { authTagLength: 16 });
  decipher.setAuthTag(Buffer.alloc(16));
  decipher.update(sealed);
  let refused = false;
  try {
    decipher.final();
  } catch {
    refused = true;
  }
  if (!refused) throw new Error('a wrong tag is taken');
  return 'vector, wrong tag refused';
}

/** RFC 5869, A.1. */
function hkdf(): string {
  const key = hkdfSync('sha256', Buffer.alloc(22, 0x0b), hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42);
  expectEqual('key', toHex(new Uint8Array(key)), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  return 'RFC 5869 vector';
}

/** RFC 7914, 12, and the parameters the node uses. */
async function scryptCheck(): Promise<string> {
  const key = scryptSync('password', 'NaCl', 64, { N: 1_024, r: 8, p: 16, maxmem: 67_108_864 });
  expectEqual(
    'key',
    toHex(key),
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
  );
  const store = createPassphraseStore('a passphrase');
  const opened = await store.decrypt(await store.encrypt(hex('0102')));
  expectEqual('secret', toHex(opened), '0102');
  return 'RFC 7914 vector, secret store';
}

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

async function sqlite(resourcesPath: string | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-self-test-'));
  const store = createStore({
    file: join(folder, 'self-test.db'),
    migrations: [{ id: 'self-test-1', sql: 'CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT' }],
    logger: silent,
    resourcesPath,
  });
  try {
    await store.start();
    await store.run('INSERT INTO item (body) VALUES (?)', [Uint8Array.of(1, 2, 3)]);
    const row = await store.get<{ body: Uint8Array }>('SELECT body FROM item WHERE id = ?', [1]);
    expectEqual('row', toHex(row?.body ?? new Uint8Array()), '010203');
    return `SQLite ${store.sqliteVersion} in a worker thread`;
  } finally {
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Checks that this runtime computes what the node relies on; the same in Node and in Electron (security.md 2.12).
 *
 * @param options `resourcesPath`: Electron's `process.resourcesPath`
 * @returns every check, failed ones included; never rejects
 */
export async function selfTest(options: { readonly resourcesPath?: string | undefined } = {}): Promise<SelfTestCheck[]> {
  const checks: readonly [string, () => string | Promise<string>][] = [
    ['ed25519', ed25519],
    ['x25519', x25519],
    ['aes-256-gcm', aes256Gcm],
    ['hkdf-sha256', hkdf],
    ['scrypt', scryptCheck],
    ['crypto vectors', async () => `${await checkGoldenVectors()} golden vectors of envelopes, sessions, membership and joining`],
    ['sqlite', () => sqlite(options.resourcesPath)],
  ];
  const results: SelfTestCheck[] = [];
  for (const [name, run] of checks) {
    const startedMs = performance.now();
    const outcome = await attempt(run);
    results.push({ name, ...outcome, durationMs: Math.round((performance.now() - startedMs) * 10) / 10 });
  }
  return results;
}

async function attempt(run: () => string | Promise<string>): Promise<{ passed: boolean; detail: string }> {
  try {
    return { passed: true, detail: await run() };
  } catch (error) {
    return { passed: false, detail: (error as Error).message };
  }
}
