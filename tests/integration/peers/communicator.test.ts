import { expect, it, onTestFinished } from 'vitest';
import { PeerCommunicator } from '../../../src/main/node/peers/communicator/index.ts';
import type { PeerMessage } from '../../../src/main/node/peers/types.ts';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';
import type { MemberNode } from '../../helpers/member-node.ts';
import { memoryStore } from '../../helpers/memory-store.ts';
import { indifferentTo } from '../../helpers/peer-network.ts';
import { recordingLogger } from '../../helpers/router-fixture.ts';

/** A communicator of its own over the ways of a real node. */
async function communicatorOf({ node }: MemberNode): Promise<PeerCommunicator> {
  const transport = node.federation.peerTransport;
  const communicator = new PeerCommunicator({
    nodeId: node.nodeId,
    transport,
    oversight: indifferentTo(transport),
    store: memoryStore(),
    logger: recordingLogger(),
  });
  await communicator.start();
  onTestFinished(() => communicator.stop());
  return communicator;
}

it('carries messages between members over their link, and answers', async () => {
  const [north, south] = await startLinkedMembers(['north', 'south']);
  const from = await communicatorOf(north);
  const to = await communicatorOf(south);
  to.on('Ask', (message, context) => to.answer(message, context, { type: 'Told', number: message.number }));
  const asked: PeerMessage = { type: 'Ask', number: 7 };
  const answer = await from.request(south.node.nodeId, asked, { priority: 'High', timeoutMs: 10_000 });
  expect(answer).toMatchObject({ type: 'Told', number: 7 });
  const { settled } = await from.send(south.node.nodeId, { type: 'Unheard' }, { priority: 'Critical' });
  expect(await settled).toMatchObject({ outcome: 'refused', error: { code: 'BAD_REQUEST' } });
  expect(to.deadLetters().letters).toMatchObject([{ direction: 'received', nodeId: north.node.nodeId, type: 'Unheard' }]);
  expect(from.figures(south.node.nodeId).counts).toMatchObject({ sent: 2, taken: 1 });
});
