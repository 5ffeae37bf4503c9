/** Both ends of joining spoken by hand, by somebody who does not know the code. */
import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { signerFromSeed } from '../../src/main/node/identity/index.ts';
import { createThrowawayCertificate, joinProtocol, LinkDoor, linkLimits, overChannel } from '../../src/main/node/links/index.ts';
import { parseAddress } from '../../src/main/node/membership/index.ts';
import {
  decodeJoinRequest,
  encodeJoinAnswerHead,
  encodeJoinProof,
  encodeJoinReply,
  encodeJoinRequest,
} from '../../src/main/node/membership/join-messages.ts';
import { helloDigest, type InviteKeys, joinExporterLabel, proveJoin } from '../../src/main/node/trust/index.ts';
import { linkNode } from './link-fixture.ts';
import { recordingLogger } from './router-fixture.ts';

/** Asks to join with these keys, right or wrong. @returns the last frame of the inviter */
export function talkAsJoiner(address: string, { inviteId, macKey }: InviteKeys): Promise<unknown> {
  const { party, identity } = linkNode(77);
  const target = parseAddress(address);
  if (target === undefined) throw new Error(`${address} is no address.`);
  return overChannel(target, { protocol: joinProtocol, timeMs: 20_000, limits: linkLimits }, async (channel) => {
    const { sealingCertificate } = party.describe();
    const request = encodeJoinRequest({
      inviteId,
      publicKey: identity.publicKey,
      name: 'stranger',
      nonce: randomBytes(32),
      clockMs: Date.now(),
      sealingCertificate,
    });
    channel.send(request);
    const reply = await channel.receive();
    const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
    channel.send(encodeJoinProof(proveJoin(macKey, { channelBinding, request, reply }, identity)));
    return JSON.parse((await channel.receive()).toString('utf8'));
  });
}

/** Somebody who answers every joiner and does not know the code. @returns the address */
export async function startFakeInviter(): Promise<string> {
  const { party } = linkNode(78);
  const { publicKey } = signerFromSeed(new Uint8Array(32).fill(78));
  const door = new LinkDoor({
    host: '127.0.0.1',
    port: 0,
    certificate: await createThrowawayCertificate(),
    party,
    limits: linkLimits,
    logger: recordingLogger(),
    onLink: () => undefined,
    onJoin: async (channel) => {
      decodeJoinRequest(await channel.receive());
      channel.send(encodeJoinReply({ publicKey, nonce: randomBytes(32), clockMs: Date.now() }));
      await channel.receive();
      channel.send(encodeJoinAnswerHead({ mac: randomBytes(32), bytes: 100 }));
      channel.send(randomBytes(100));
      await new Promise<void>((resolve) => channel.onEnd(() => resolve()));
    },
  });
  await door.start();
  onTestFinished(() => door.stop());
  return `127.0.0.1:${door.address?.port}`;
}
