/** Everything of trust, joining, finding and reaching nodes that reads what strangers send, with a good input each. */
import { SignalboxError } from '../../src/common/errors.ts';
import { parseGuarded } from '../../src/common/wire/guarded-json.ts';
import { nodeNamePattern } from '../../src/main/node/config/index.ts';
import { encodeAnnouncement, readPacket } from '../../src/main/node/discovery/announcement.ts';
import { readHeartbeat, readPeerList } from '../../src/main/node/federation/carriers/peer-lists.ts';
import { decodeRelayFrame, encodeRelayFrame } from '../../src/main/node/federation/carriers/relay-frame.ts';
import {
  KnownKeys,
  nodeIdOf,
  publicKeyOf,
  readBackupHead,
  recoverySigner,
  recoveryWordsOf,
  signerFromSeed,
} from '../../src/main/node/identity/index.ts';
import {
  decodeAskAnswerHead,
  decodeAskOpening,
  decodeAskRequest,
  encodeAskAnswerHead,
  encodeAskOpening,
  encodeAskRequest,
  encodeWait,
  readWait,
} from '../../src/main/node/membership/ask-messages.ts';
import { decodeExchange, encodeExchange } from '../../src/main/node/membership/exchange-messages.ts';
import {
  acceptSession,
  agreementSender,
  certifySealingKey,
  decodeBatch,
  decodeEnvelope,
  decodeGenesis,
  decodeOperation,
  deriveSessionKeys,
  EnvelopeSender,
  encodeBatch,
  encodeEnvelope,
  encodeGenesis,
  encodeInviteFile,
  encodeJoinBody,
  MembershipLog,
  nodeRoles,
  offerSession,
  openForGroup,
  parseJsonEnvelope,
  readInviteFile,
  readJoinBody,
  readJoinCode,
  readSealingCertificate,
  readSessionHead,
  readSessionRefusal,
  refuseSession,
  SessionReceiver,
  SessionSender,
  sealForGroup,
  toJsonEnvelope,
} from '../../src/main/node/trust/index.ts';
import { brokerDecoders } from './broker-decoders.ts';
import { tunnelDecoders } from './tunnel-decoders.ts';

/** A reader of hostile input. */
export interface Decoder {
  readonly name: string;
  /** What an honest node sends. */
  readonly good: Uint8Array;
  /**
   * Reads an input.
   *
   * @returns the bytes of what was read, where there is one form for it: they must be the input again
   */
  decode(bytes: Uint8Array): Uint8Array | undefined;
}

const nowMs = 1_732_147_200_000;
const [alice, bob, recovery] = [1, 2, 3].map((byte) => signerFromSeed(new Uint8Array(32).fill(byte))) as [Signer, Signer, Signer];
type Signer = ReturnType<typeof signerFromSeed>;
const keys = new KnownKeys();
const utf8 = {
  encode: (text: string) => new Uint8Array(Buffer.from(text, 'utf8')),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
};

const genesis = encodeGenesis({
  nonce: new Uint8Array(32).fill(4),
  createdMs: nowMs,
  firstAdmin: alice.publicKey,
  recoveryKey: recovery.publicKey,
  name: 'North yard',
});
const log = new MembershipLog(genesis, keys);
log.sign({ kind: 'add', subject: bob.publicKey, roles: nodeRoles.peer, name: 'press-07' }, alice, nowMs);
log.sign({ kind: 'checkpoint' }, alice, nowMs);
const { clusterId } = log;
const operations = [...log.operations, ...log.checkpoints].map(({ bytes }) => bytes);

const sender = new EnvelopeSender({ identity: alice, clusterId, epoch: 1, now: () => nowMs });
const envelope = sender.signed({
  target: bob.publicKey,
  ttlSeconds: 60,
  priority: 'Medium',
  type: 'router',
  payload: utf8.encode('{"type":"Router","message":{"method":"node.status"}}'),
});
const groupKey = { epoch: 1, key: new Uint8Array(32).fill(5) };
const place = { ...envelope, target: null };

const agreed = {
  secret: new Uint8Array(32).fill(6),
  transcript: new Uint8Array(32),
  clusterId,
  initiator: alice.publicKey,
  responder: bob.publicKey,
};
const session = new SessionSender(deriveSessionKeys(agreed, 'initiator', nowMs));
const receiver = new SessionReceiver(deriveSessionKeys(agreed, 'responder', nowMs));
const ofBob = { identity: bob, clusterId, peer: alice.publicKey, epoch: 1 };
const offer = offerSession({ identity: alice, clusterId, peer: bob.publicKey, epoch: 1 }, nowMs);

/** For readers of which nothing is compared. */
const only =
  (read: (bytes: Uint8Array) => unknown) =>
  (bytes: Uint8Array): undefined => {
    read(bytes);
  };

export const decoders: readonly Decoder[] = [
  { name: 'envelope, binary', good: encodeEnvelope(envelope), decode: (bytes) => encodeEnvelope(decodeEnvelope(bytes, clusterId)) },
  {
    name: 'envelope, JSON',
    good: utf8.encode(JSON.stringify(toJsonEnvelope(envelope, 1))),
    decode: only((bytes) => {
      const read = parseJsonEnvelope(utf8.decode(bytes));
      // What was read has a JSON form again, unless its payload only looks like one.
      toJsonEnvelope(read.envelope, read.hops);
    }),
  },
  { name: 'batch', good: encodeBatch([utf8.encode('one'), utf8.encode('two')]), decode: (bytes) => encodeBatch(decodeBatch(bytes)) },
  {
    name: 'group payload',
    good: sealForGroup(utf8.encode('secret'), groupKey, place),
    decode: only((bytes) => openForGroup(bytes, (epoch) => ({ ...groupKey, epoch }), place)),
  },
  { name: 'genesis', good: genesis, decode: (bytes) => encodeGenesis(decodeGenesis(bytes)) },
  {
    name: 'membership operation',
    good: operations[0] ?? new Uint8Array(),
    decode: (bytes) => decodeOperation(bytes, clusterId, keys).bytes,
  },
  {
    name: 'membership operation into a log',
    good: operations[0] ?? new Uint8Array(),
    decode: only((bytes) => new MembershipLog(genesis, keys).insert(bytes, nowMs)),
  },
  {
    name: 'join answer',
    good: encodeJoinBody({ genesis, wrappedGroupKey: utf8.encode('sealed'), operations }),
    decode: only((bytes) => readJoinBody(bytes, bob.publicKey, keys, nowMs)),
  },
  {
    name: 'invite file',
    good: utf8.encode(
      encodeInviteFile({
        clusterId,
        clusterName: 'North yard',
        code: '0H48S-M8NB6-EY49K-ANVNT',
        roles: ['peer'],
        uses: 3,
        expiresMs: nowMs,
        addresses: ['192.168.1.20:7422'],
      }),
    ),
    decode: only((bytes) => readInviteFile(utf8.decode(bytes))),
  },
  {
    name: 'backup of an identity',
    good: utf8.encode(
      JSON.stringify({
        kind: 'signalbox-identity-backup',
        version: 1,
        nodeId: 'n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa',
        name: 'press-07',
        createdAt: '2026-11-20T08:00:00.000Z',
        sealed: 'AAECAwQFBgc=',
      }),
    ),
    decode: only((bytes) => readBackupHead(utf8.decode(bytes))),
  },
  {
    name: 'step of a group key',
    good: encodeExchange({ type: 'groupKeyStep', epoch: 2, step: 'install', sealedKey: 'AAECAwQFBgc' }),
    decode: only((bytes) => decodeExchange(Buffer.from(bytes))),
  },
  {
    name: 'group keys held',
    good: encodeExchange({
      type: 'groupKeysHeld',
      held: [{ epoch: 1, commitment: 'A'.repeat(43), state: 'inUse' }],
      sealingCertificate: 'AAECAwQFBgc',
      failure: { epoch: 2, message: 'It was sealed for another node.' },
    }),
    decode: only((bytes) => decodeExchange(Buffer.from(bytes))),
  },
  { name: 'join code', good: utf8.encode('0H48S-M8NB6-EY49K-ANVNT'), decode: only((bytes) => readJoinCode(utf8.decode(bytes))) },
  {
    name: 'recovery words',
    good: utf8.encode(recoveryWordsOf(new Uint8Array(32).fill(7)).join(' ')),
    decode: only((bytes) => recoverySigner(utf8.decode(bytes))),
  },
  {
    name: 'node id',
    good: utf8.encode('n1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa'),
    decode: only((bytes) => publicKeyOf(utf8.decode(bytes))),
  },
  {
    name: 'sealing certificate',
    good: certifySealingKey(new Uint8Array(32).fill(9), nowMs, alice),
    decode: only((bytes) => readSealingCertificate(bytes, keys, nowMs)),
  },
  {
    name: 'session message, sealed',
    good: session.seal('sealed', utf8.encode('hello'), nowMs, 60),
    decode: only((bytes) => {
      readSessionHead(bytes);
      receiver.open(bytes, { nowMs });
    }),
  },
  {
    name: 'session message, authenticated',
    good: session.seal('authenticated', utf8.encode('hello'), nowMs, 60),
    decode: only((bytes) => receiver.open(bytes, { nowMs })),
  },
  {
    name: 'session offer',
    good: offer.bytes,
    decode: only((bytes) => {
      agreementSender(bytes);
      acceptSession(bytes, ofBob, keys, nowMs);
    }),
  },
  {
    name: 'session answer',
    good: acceptSession(offer.bytes, ofBob, keys, nowMs).bytes,
    decode: only((bytes) => offer.complete(bytes, keys, nowMs)),
  },
  {
    name: 'refusal of a session offer',
    good: refuseSession(offer.bytes, new SignalboxError('REVOKED', 'The node was removed from the cluster by ada.'), bob, {
      clusterId,
      receiver: alice.publicKey,
    }),
    decode: only((bytes) => readSessionRefusal(bytes, offer.bytes, { clusterId, self: alice.publicKey, peer: bob.publicKey }, keys)),
  },
  {
    name: 'multicast DNS packet',
    good: encodeAnnouncement(
      { shortId: 'n1rkeohx', name: 'hub-01', port: 7_422, cluster: { name: 'North yard', shortId: 'zrYifC8p' }, takesRequests: true },
      '192.0.2.1',
      120,
    ),
    decode: only((bytes) => {
      for (const { name, port } of readPacket(Buffer.from(bytes))?.announced ?? [])
        if (!nodeNamePattern.test(name) || !(port >= 1 && port <= 65_535)) throw new Error(`${name} at port ${port} was believed`);
    }),
  },
  {
    name: 'request without a code',
    good: encodeAskRequest({
      commitment: new Uint8Array(32).fill(5),
      publicKey: alice.publicKey,
      name: 'press-07',
      clockMs: nowMs,
      sealingCertificate: certifySealingKey(new Uint8Array(32).fill(9), nowMs, alice),
    }),
    decode: only((bytes) => decodeAskRequest(Buffer.from(bytes))),
  },
  {
    name: 'opening of a request without a code',
    good: encodeAskOpening({ nonce: new Uint8Array(32).fill(6), signature: new Uint8Array(64).fill(7) }),
    decode: only((bytes) => decodeAskOpening(Buffer.from(bytes))),
  },
  {
    name: 'answer to a request without a code',
    good: encodeAskAnswerHead({ signature: new Uint8Array(64).fill(7), bytes: 1_000 }),
    decode: only((bytes) => decodeAskAnswerHead(Buffer.from(bytes))),
  },
  {
    name: 'frame to be passed on',
    good: encodeRelayFrame({ hops: 1, source: alice.publicKey, target: bob.publicKey, bytes: utf8.encode('sealed') }),
    decode: (bytes) => encodeRelayFrame(decodeRelayFrame(Buffer.from(bytes))),
  },
  {
    name: 'who is there, over a link',
    good: utf8.encode(
      JSON.stringify({ type: 'Heartbeat', presence: { serviceId: nodeIdOf(alice.publicKey), status: 'online', epoch: 1 } }),
    ),
    decode: only((bytes) => readHeartbeat(parseGuarded(utf8.decode(bytes), { depth: 40, keys: 10_000 }))),
  },
  {
    name: 'whom a member reaches',
    good: utf8.encode(JSON.stringify({ type: 'PeerList', peers: [{ id: nodeIdOf(bob.publicKey), hops: 2 }], presences: [] })),
    decode: only((bytes) => readPeerList(parseGuarded(utf8.decode(bytes), { depth: 40, keys: 10_000 }))),
  },
  { name: 'word to wait', good: encodeWait(60_000), decode: only((bytes) => readWait(Buffer.from(bytes))) },
  ...brokerDecoders,
  ...tunnelDecoders,
];
