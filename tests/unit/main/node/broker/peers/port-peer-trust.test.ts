import { MessageChannel } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { PortPeerTrust, servePeerTrust } from '../../../../../../src/main/node/broker/peers/port-peer-trust.ts';
import { staticPeerTrust } from '../../../../../helpers/broker-trust.ts';

const handshake = { clientHello: Buffer.from('H1'), serverHello: Buffer.from('H2'), channelBinding: new Uint8Array(32).fill(9) };

function across(byte: number, members: readonly number[]) {
  const owner = staticPeerTrust({ byte, members });
  const { port1, port2 } = new MessageChannel();
  const stop = servePeerTrust(port1, owner.trust);
  onTestFinished(stop);
  return { ...owner, far: new PortPeerTrust(port2), stop };
}

test('proofs made across a port are checked across a port', async () => {
  const [one, two] = [across(1, [1, 2]), across(2, [1, 2])];
  const proof = await one.far.prove('C', handshake);
  await expect(two.far.verify('C', proof, handshake, await one.far.self())).resolves.toEqual({ nodeId: one.nodeId, name: 'node-1' });
});

test('a proof for the other end, for another connection, of another key or of no member is refused', async () => {
  const [one, two] = [across(1, [1, 2]), across(2, [1, 2])];
  const claim = await one.far.self();
  const proof = await one.far.prove('C', handshake);
  await expect(two.far.verify('S', proof, handshake, claim)).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  const elsewhere = { ...handshake, channelBinding: new Uint8Array(32).fill(8) };
  await expect(two.far.verify('C', proof, elsewhere, claim)).rejects.toMatchObject({ code: 'CHANNEL_BINDING' });
  await expect(two.far.verify('C', proof, handshake, await two.far.self())).rejects.toMatchObject({ code: 'BAD_SIGNATURE' });
  await expect(one.far.verify('C', proof, handshake, claim)).rejects.toMatchObject({ code: 'SELF' });
  const lone = across(3, [3]);
  await expect(lone.far.verify('C', proof, handshake, claim)).rejects.toMatchObject({ code: 'NOT_MEMBER' });
});

test('the worker hears who is a member, and that nobody is when the node is gone', async () => {
  const { far, revoke, stop } = across(1, [1, 2]);
  const heard: number[] = [];
  far.followMembers((nodeIds) => void heard.push(nodeIds.size));
  await expect.poll(() => heard).toEqual([0, 2]);
  revoke(2);
  await expect.poll(() => heard).toEqual([0, 2, 1]);
  stop();
  await expect.poll(() => heard).toEqual([0, 2, 1, 0]);
  await expect(far.self()).rejects.toMatchObject({ code: 'CANCELLED' });
});
