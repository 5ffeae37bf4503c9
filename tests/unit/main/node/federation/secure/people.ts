/** Members of one cluster, with nothing between them but what a test carries. */
import { SignalboxError } from '../../../../../../src/common/errors.ts';
import type { ClusterView } from '../../../../../../src/main/node/federation/secure/index.ts';
import { MemberSessions } from '../../../../../../src/main/node/federation/secure/member-sessions.ts';
import { KnownKeys, nodeIdOf, type Signer, signerFromSeed } from '../../../../../../src/main/node/identity/index.ts';
import type { GroupKey, Member } from '../../../../../../src/main/node/trust/index.ts';

export const nowMs = 1_795_000_000_000;
export const clusterId = new Uint8Array(32).fill(9);

/** @param seed tells one from another */
export function personOf(seed: number): Signer & { readonly nodeId: string } {
  const signer = signerFromSeed(new Uint8Array(32).fill(seed));
  return { publicKey: signer.publicKey, sign: (bytes) => signer.sign(bytes), nodeId: nodeIdOf(signer.publicKey) };
}

/** A cluster of which one can be removed. */
export function clusterOf(people: readonly Signer[], groupKey?: GroupKey): ClusterView & { readonly removed: Set<string> } {
  const removed = new Set<string>();
  return {
    removed,
    clusterId,
    memberOf: (key) => {
      const id = nodeIdOf(key);
      if (removed.has(id)) throw new SignalboxError('REVOKED', `The node ${id} was removed from the cluster by ada.`, { executed: 'no' });
      if (people.some(({ publicKey }) => nodeIdOf(publicKey) === id)) return { key, name: id.slice(0, 8), roles: 7 } as Member;
      throw new SignalboxError('NOT_MEMBER', `The node ${id} does not belong to the cluster.`, { executed: 'no' });
    },
    isStale: () => false,
    groupKey: () => groupKey,
    groupKeyOf: (epoch) => (epoch === groupKey?.epoch ? groupKey : undefined),
  };
}

export interface Carried {
  readonly from: string;
  readonly to: string;
  readonly bytes: Buffer;
}

/** One end, whose bytes gather in `carried` until the test delivers them. */
export function openEnd(
  person: ReturnType<typeof personOf>,
  view: ClusterView,
  carried: Carried[],
  options: { readonly epoch?: number; readonly online?: () => readonly string[]; readonly nowMs?: () => number } = {},
) {
  const heard: { from: string; text: string; sentMs: number }[] = [];
  const refused: SignalboxError[] = [];
  const sessions = new MemberSessions({
    identity: person,
    keys: new KnownKeys(),
    cluster: () => view,
    epoch: () => options.epoch ?? 1,
    post: (to, bytes) => carried.push({ from: person.nodeId, to, bytes: Buffer.from(bytes) }) > 0,
    online: options.online ?? (() => []),
    offsetMs: () => undefined,
    onTimeRefused: () => undefined,
    onBody: (from, body, sentMs) => heard.push({ from, text: Buffer.from(body).toString(), sentMs }),
    nowMs: options.nowMs ?? (() => nowMs),
  });
  return {
    nodeId: person.nodeId,
    sessions,
    heard,
    refused,
    /** What was said beside heartbeats. */
    texts: () => heard.map(({ text }) => text).filter((text) => !text.includes('Heartbeat')),
    take: (bytes: Buffer) => {
      try {
        sessions.receive(bytes, 'mqtt');
      } catch (error) {
        refused.push(error as SignalboxError);
      }
    },
  };
}
export type End = ReturnType<typeof openEnd>;

/** Delivers what gathered, and what that leads to, until nothing is left. */
export function deliver(carried: Carried[], ends: readonly End[]): void {
  for (let next = carried.shift(); next !== undefined; next = carried.shift()) {
    const { to, bytes } = next;
    ends.find(({ nodeId }) => nodeId === to)?.take(bytes);
  }
}
