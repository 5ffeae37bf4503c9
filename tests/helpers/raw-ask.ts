/** Both ends of asking without a code spoken by hand, by somebody who does not keep the rules. */
import { onTestFinished } from 'vitest';
import { recoverySigner, recoveryWordsOf, signerFromSeed } from '../../src/main/node/identity/index.ts';
import { createThrowawayCertificate, joinProtocol, LinkDoor, linkLimits, overChannel } from '../../src/main/node/links/index.ts';
import {
  decodeAskOpening,
  decodeAskRequest,
  encodeAskAnswerHead,
  encodeAskOpening,
  encodeAskRequest,
  encodeWait,
} from '../../src/main/node/membership/ask-messages.ts';
import { parseAddress } from '../../src/main/node/membership/index.ts';
import { decodeJoinReply, encodeJoinReply } from '../../src/main/node/membership/join-messages.ts';
import {
  comparisonCommitment,
  comparisonExporterLabel,
  encodeJoinBody,
  foundCluster,
  groupKeyCommitment,
  helloDigest,
  joinExporterLabel,
  MembershipLog,
  newComparisonNonce,
  newGroupKey,
  nodeRoles,
  readSealingCertificate,
  shortNumber,
  signInvitation,
  signJoin,
  wrapGroupKey,
} from '../../src/main/node/trust/index.ts';
import { linkNode } from './link-fixture.ts';
import { recordingLogger } from './router-fixture.ts';

/** What of the rules is broken. */
export interface AskFaults {
  readonly name?: string;
  /** Opens the promise to another nonce. */
  readonly breakPromise?: boolean;
  /** Signs with a key that is not the one it names. */
  readonly otherKey?: boolean;
}

/** Asks to join. @returns the number that a screen would show, and the last frame of the admin node; the connection ends with the test */
export async function askByHand(address: string, faults: AskFaults): Promise<{ readonly number: string; readonly last: unknown }> {
  const { party, identity } = linkNode(79);
  const { publicKey } = identity;
  const target = parseAddress(address);
  if (target === undefined) throw new Error(`${address} is no address.`);
  const { sealingCertificate } = party.describe();
  const terms = { protocol: joinProtocol, timeMs: 120_000, limits: linkLimits };
  return new Promise((resolve, reject) => {
    overChannel(target, terms, async (channel) => {
      const nonce = newComparisonNonce();
      const commitment = comparisonCommitment(publicKey, nonce);
      const request = encodeAskRequest({ commitment, publicKey, name: faults.name ?? 'stranger', clockMs: Date.now(), sealingCertificate });
      channel.send(request);
      const reply = await channel.receive();
      const first = JSON.parse(reply.toString('utf8'));
      if ('refused' in first) {
        resolve({ number: '', last: first });
        return;
      }
      const inviter = decodeJoinReply(reply);
      const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: request, serverHello: reply }));
      const signer = faults.otherKey === true ? linkNode(80).identity : identity;
      channel.send(
        encodeAskOpening({
          nonce: faults.breakPromise === true ? newComparisonNonce() : nonce,
          signature: signJoin({ channelBinding, request, reply }, signer),
        }),
      );
      const last = JSON.parse((await channel.receive()).toString('utf8'));
      const number = shortNumber({
        channelBinding: channel.exportSecret(comparisonExporterLabel, commitment),
        joiner: publicKey,
        inviter: inviter.publicKey,
        joinerNonce: nonce,
        inviterNonce: inviter.nonce,
      });
      resolve({ number, last });
      await new Promise<void>((ended) => channel.onEnd(() => ended()));
    }).catch(reject);
  });
}

/** Somebody who lets in at once whoever asks, into a cluster of its own that bears the name of a real one. @returns the address */
export async function startFakeAdmin(): Promise<string> {
  const { party } = linkNode(81);
  const identity = signerFromSeed(new Uint8Array(32).fill(81));
  const door = new LinkDoor({
    host: '127.0.0.1',
    port: 0,
    certificate: await createThrowawayCertificate(),
    party,
    limits: linkLimits,
    logger: recordingLogger(),
    onLink: () => undefined,
    onJoin: async (channel, proven) => {
      const frame = await channel.receive();
      const joiner = decodeAskRequest(frame);
      const reply = encodeJoinReply({ publicKey: identity.publicKey, nonce: newComparisonNonce(), clockMs: Date.now() });
      channel.send(reply);
      decodeAskOpening(await channel.receive());
      proven();
      channel.send(encodeWait(60_000));
      const channelBinding = channel.exportSecret(joinExporterLabel, helloDigest({ clientHello: frame, serverHello: reply }));
      const body = await fakeBody(identity, joiner);
      channel.send(
        encodeAskAnswerHead({
          signature: signInvitation({ channelBinding, request: frame, reply }, body, identity),
          bytes: body.byteLength,
        }),
      );
      channel.send(body);
      await new Promise<void>((ended) => channel.onEnd(() => ended()));
    },
  });
  await door.start();
  onTestFinished(() => door.stop());
  return `127.0.0.1:${door.address?.port}`;
}

async function fakeBody(admin: ReturnType<typeof signerFromSeed>, joiner: ReturnType<typeof decodeAskRequest>): Promise<Uint8Array> {
  const { keys } = linkNode(81).party;
  const nowMs = Date.now();
  const recoveryKey = recoverySigner(recoveryWordsOf(new Uint8Array(32).fill(7)).join(' ')).publicKey;
  const genesis = foundCluster({ name: 'North yard', firstAdmin: admin.publicKey, recoveryKey, nowMs });
  const groupKey = newGroupKey(1);
  const log = new MembershipLog(genesis, keys);
  log.sign({ kind: 'rotateGroupKey', subject: groupKeyCommitment(groupKey), notAfterMs: groupKey.epoch }, admin, nowMs);
  log.sign({ kind: 'add', subject: admin.publicKey, roles: nodeRoles.peer, name: 'hub-01' }, admin, nowMs);
  log.sign({ kind: 'add', subject: joiner.publicKey, roles: nodeRoles.peer, name: joiner.name }, admin, nowMs);
  const { sealingKey } = readSealingCertificate(joiner.sealingCertificate, keys, nowMs);
  const wrappedGroupKey = await wrapGroupKey(groupKey, sealingKey, joiner.publicKey, log.clusterId);
  return encodeJoinBody({ genesis, wrappedGroupKey, operations: log.operations.map(({ bytes }) => bytes) });
}

/** Somebody who ends both connections and hands on what passes. @returns the address at which it poses as the node at `address` */
export async function startBetween(address: string): Promise<string> {
  const target = parseAddress(address);
  if (target === undefined) throw new Error(`${address} is no address.`);
  const door = new LinkDoor({
    host: '127.0.0.1',
    port: 0,
    certificate: await createThrowawayCertificate(),
    party: linkNode(82).party,
    limits: linkLimits,
    logger: recordingLogger(),
    onLink: () => undefined,
    onJoin: (joiner, proven) =>
      overChannel(target, { protocol: joinProtocol, timeMs: 60_000, limits: linkLimits }, async (admin) => {
        proven();
        joiner.onEnd((reason) => admin.end(reason));
        admin.onEnd((reason) => joiner.end(reason));
        admin.follow(linkLimits.frameBytes, (frame) => joiner.send(frame));
        joiner.follow(linkLimits.frameBytes, (frame) => admin.send(frame));
        await new Promise<void>((ended) => admin.onEnd(() => ended()));
      }),
  });
  await door.start();
  onTestFinished(() => door.stop());
  return `127.0.0.1:${door.address?.port}`;
}
