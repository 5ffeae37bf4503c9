import { expect, test, vi } from 'vitest';
import { NodeDirectory } from '../../../../../../src/main/node/federation/node-directory.ts';
import type { PresenceMessage } from '../../../../../../src/main/node/federation/presence-message.ts';
import type { ClusterView } from '../../../../../../src/main/node/federation/secure/cluster-view.ts';
import type { MemberSessions } from '../../../../../../src/main/node/federation/secure/member-sessions.ts';
import { MembershipWatch } from '../../../../../../src/main/node/federation/secure/membership-watch.ts';
import { nodeIdOf, signerFromSeed } from '../../../../../../src/main/node/identity/index.ts';

const other = nodeIdOf(signerFromSeed(new Uint8Array(32).fill(7)).publicKey);

function clusterOf(byte: number): ClusterView {
  return { clusterId: new Uint8Array(32).fill(byte), memberOf: () => ({ roles: 1 }), isStale: () => false } as unknown as ClusterView;
}

test('a member that was heard over a link before the start stays known, and goes when the node is in another cluster', () => {
  const directory = new NodeDirectory(Date.now);
  const clusterChanged = vi.fn();
  let cluster = clusterOf(1);
  const sessions = { forgetAll: vi.fn(), forget: vi.fn(), nodeIds: () => [] } as unknown as MemberSessions;
  const watch = new MembershipWatch({ cluster: () => cluster, directory, sessions, acceptUnsigned: () => false, clusterChanged });
  const presence: PresenceMessage = {
    serviceId: other,
    status: 'online',
    name: 'press-07',
    version: '1.0.0',
    capabilities: [],
    since: 1,
    epoch: 1,
    session: 1,
    instance: 'i',
    health: 'ok',
    load: 0,
    formats: [],
    signature: 's',
  } as unknown as PresenceMessage;
  directory.apply(presence, 'link', { signed: true });
  watch.changed();
  expect(directory.get(other)?.via).toBe('link');
  expect(clusterChanged).not.toHaveBeenCalled();
  cluster = clusterOf(2);
  watch.changed();
  expect(directory.get(other)).toBeUndefined();
  expect(clusterChanged).toHaveBeenCalledTimes(1);
});
