import { expect, test, vi } from 'vitest';
import { Neighbourhood } from '../../../../../../src/main/node/federation/carriers/neighbourhood.ts';
import { heartbeatOf } from '../../../../../../src/main/node/federation/carriers/peer-lists.ts';
import { NodeDirectory } from '../../../../../../src/main/node/federation/node-directory.ts';
import { presenceSchema } from '../../../../../../src/main/node/federation/presence-message.ts';
import { NodeMessages } from '../../../../../../src/main/node/federation/secure/node-messages.ts';
import { nodeIdOf, signerFromSeed } from '../../../../../../src/main/node/identity/index.ts';

test('a neighbour that speaks over a link for the first time is told once more who this node is: it did not listen before', () => {
  const [self, other] = [1, 2].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte)).publicKey) as [Uint8Array, Uint8Array];
  const presenceOf = (key: Uint8Array) => presenceSchema.parse({ serviceId: nodeIdOf(key), status: 'online', epoch: 1 });
  const messages = new NodeMessages();
  const directory = new NodeDirectory(() => 1_000);
  const neighbourhood = new Neighbourhood({
    self,
    admit: () => undefined,
    presence: () => presenceOf(self),
    onPresence: (presence, kind) => directory.apply(presence, kind, { signed: true }),
    received: () => undefined,
    messages,
    directory,
    tell: () => undefined,
    onRefused: () => undefined,
    onDrained: () => undefined,
    nowMs: () => 1_000,
  });
  const sent: string[] = [];
  vi.spyOn(neighbourhood.links, 'reaches').mockReturnValue(true);
  vi.spyOn(neighbourhood.links, 'send').mockImplementation((_nodeId, bytes) => {
    sent.push(String(bytes));
    return true;
  });
  const says = () => messages.receive(nodeIdOf(other), JSON.parse(heartbeatOf(presenceOf(other))), { via: 'link', sizeBytes: 1 });
  says();
  expect([sent, directory.get(nodeIdOf(other))?.via]).toEqual([[heartbeatOf(presenceOf(self))], 'link']);
  // Not again for each of its heartbeats, or two nodes would greet each other for ever.
  says();
  expect(sent).toHaveLength(1);
  neighbourhood.stop();
});
