/** Nodes with doors for links, on real sockets. */
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { SignalboxError } from '../../src/common/errors.ts';
import { agreementKeyFromBytes, KnownKeys, rawAgreementKey, type Signer, signerFromSeed } from '../../src/main/node/identity/index.ts';
import {
  createThrowawayCertificate,
  dialLink,
  type HandshakeParty,
  type Link,
  LinkDoor,
  type LinkLimits,
  linkLimits,
} from '../../src/main/node/links/index.ts';
import { certifySealingKey } from '../../src/main/node/trust/sealing-key/index.ts';
import { recordingLogger } from './router-fixture.ts';

export const clusterId = new Uint8Array(createHash('sha256').update('test-cluster-genesis').digest());
const certificate = createThrowawayCertificate();

export interface LinkNode {
  readonly identity: Signer;
  readonly party: HandshakeParty;
}

/** A node whose key is made of one byte. @param members keys it takes for members; all when absent */
export function linkNode(
  byte: number,
  options: { readonly cluster?: Uint8Array; readonly members?: readonly Uint8Array[]; readonly revoked?: readonly Uint8Array[] } = {},
): LinkNode {
  const identity = signerFromSeed(new Uint8Array(32).fill(byte));
  const sealingKey = rawAgreementKey(agreementKeyFromBytes(new Uint8Array(32).fill(byte + 100)));
  const isOneOf = (keys: readonly Uint8Array[] | undefined, key: Uint8Array) => keys?.some((known) => Buffer.compare(known, key) === 0);
  return {
    identity,
    party: {
      identity,
      keys: new KnownKeys(),
      nowMs: Date.now,
      describe: () => ({
        clusterId: options.cluster ?? clusterId,
        epoch: 1,
        instance: 'fixture',
        sinceMs: 0,
        memberHead: new Uint8Array(32),
        sealingCertificate: certifySealingKey(sealingKey, Date.now(), identity),
        capabilities: ['router'],
      }),
      admit: (publicKey) => {
        if (isOneOf(options.revoked, publicKey) === true)
          throw new SignalboxError('REVOKED', 'The node was removed from the cluster by ada on 2026-11-20.');
        if (isOneOf(options.members, publicKey) === false)
          throw new SignalboxError('NOT_MEMBER', 'The node is no member of this cluster. Join first.');
        return 5;
      },
    },
  };
}

export interface OpenDoor {
  readonly door: LinkDoor;
  readonly port: number;
  readonly lines: ReturnType<typeof recordingLogger>['lines'];
  /** The next link that comes in. */
  nextLink(): Promise<Link>;
}

/** Opens a node's door on a free port; closed when the test ends. */
export async function openDoor(node: LinkNode, limits: Partial<LinkLimits> = {}): Promise<OpenDoor> {
  const links: Link[] = [];
  const waiting: ((link: Link) => void)[] = [];
  const logger = recordingLogger();
  const door = new LinkDoor({
    host: '127.0.0.1',
    port: 0,
    certificate: await certificate,
    party: node.party,
    limits: { ...linkLimits, ...limits },
    logger,
    onLink: (link) => {
      const waiter = waiting.shift();
      if (waiter === undefined) links.push(link);
      else waiter(link);
    },
  });
  await door.start();
  onTestFinished(() => door.stop());
  return {
    door,
    port: door.address?.port ?? 0,
    lines: logger.lines,
    nextLink: () => {
      const first = links.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
  };
}

/** Dials a door as a node. */
export function dial(
  node: LinkNode,
  port: number,
  options: { readonly publicKey?: Uint8Array; readonly limits?: Partial<LinkLimits> } = {},
): Promise<Link> {
  return dialLink({ host: '127.0.0.1', port, publicKey: options.publicKey }, node.party, { ...linkLimits, ...options.limits });
}
