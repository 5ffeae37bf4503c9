/**
 * Fixed inputs and what must come of them, byte for byte, under every runtime the node runs on (security.md 2.11). Part of the product,
 * so that the self-test can check a packaged application too.
 */
import {
  createSealOpener,
  fingerprintOf,
  fromBase64url,
  nodeIdOf,
  recoveryWordsOf,
  signerFromSeed,
  toBase64url,
} from '../identity/index.ts';
import { fromHex, toHex } from './digest.ts';
import {
  type EnvelopeFields,
  encodeEnvelope,
  envelopeBytes,
  messageIdBytes,
  openForGroup,
  openForNode,
  sealForGroup,
  signEnvelope,
  toJsonEnvelope,
} from './envelope/index.ts';
import vectors from './golden-vectors.json' with { type: 'json' };
import { groupKeyCommitment } from './group-key/index.ts';
import { comparisonCommitment, deriveInviteKeys, joinCodeOf, proveInvitation, proveJoin, readJoinCode, shortNumber } from './join/index.ts';
import { clusterIdOf, encodeGenesis, operationBytes, signOperation } from './membership/index.ts';
import { certifySealingKey } from './sealing-key/index.ts';
import { deriveSessionKeys, proveSession, SessionReceiver, SessionSender } from './session/index.ts';

const utf8 = new TextEncoder();
const [a, b, admin] = vectors.seeds.map((seed) => signerFromSeed(fromHex(seed))) as [Signer, Signer, Signer];
type Signer = ReturnType<typeof signerFromSeed>;
const clusterId = fromHex(vectors.clusterId);
const zero = new Uint8Array(32);

function envelopeOf(): EnvelopeFields {
  const { messageId, timestampMs, ttlSeconds, epoch, seq, payload } = vectors.envelope.input;
  return {
    clusterId,
    messageId: messageIdBytes(messageId),
    source: a.publicKey,
    target: b.publicKey,
    timestampMs,
    ttlSeconds,
    priority: 'High',
    encrypted: false,
    batch: false,
    epoch,
    seq,
    type: 'router',
    payload: utf8.encode(payload),
  };
}

function envelope() {
  const fields = envelopeOf();
  const signed = signEnvelope(fields, a);
  return {
    bytes: toHex(envelopeBytes(fields)),
    signature: toHex(signed.signature),
    binary: toBase64url(encodeEnvelope(signed)),
    json: JSON.stringify(toJsonEnvelope(signed)),
  };
}

async function sealed() {
  const { privateKey, sealedForNode, groupKey, groupEpoch, plain } = vectors.sealed.input;
  const place = envelopeOf();
  const key = { epoch: groupEpoch, key: fromHex(groupKey) };
  const broadcast = { ...place, target: null };
  const forGroup = sealForGroup(utf8.encode(plain), key, broadcast);
  // Sealing for a node takes chance: what was sealed once must open.
  const opened = await openForNode(fromBase64url(sealedForNode, 'vector'), [await createSealOpener(fromHex(privateKey))], place);
  return {
    opened: Buffer.from(opened).toString('utf8'),
    forGroup: toHex(forGroup),
    openedOfGroup: Buffer.from(openForGroup(forGroup, () => key, broadcast)).toString('utf8'),
    commitment: toHex(groupKeyCommitment(key)),
    certificate: toHex(certifySealingKey(fromHex(vectors.sealed.input.publicKey), vectors.envelope.input.timestampMs, a)),
  };
}

function membership() {
  const { name, issuedMs } = vectors.membership.input;
  const genesis = encodeGenesis({
    nonce: fromHex(vectors.seeds[0] ?? ''),
    createdMs: issuedMs,
    firstAdmin: admin.publicKey,
    recoveryKey: b.publicKey,
    name,
  });
  const operation = signOperation(
    {
      clusterId,
      serial: 2,
      kind: 'add',
      subject: a.publicKey,
      roles: 3,
      issuedMs,
      notAfterMs: 0,
      supersedes: zero,
      prev: zero,
      issuer: admin.publicKey,
      name,
    },
    admin,
  );
  return {
    genesis: toHex(genesis),
    clusterId: toHex(clusterIdOf(genesis)),
    operation: toHex(operationBytes(operation)),
    hash: operation.id,
    signature: toHex(operation.signature),
  };
}

function session() {
  const { channelBinding, clientHello, serverHello, secret, body, sentMs } = vectors.session.input;
  const handshake = {
    channelBinding: fromHex(channelBinding),
    clientHello: utf8.encode(clientHello),
    serverHello: utf8.encode(serverHello),
  };
  const agreed = { secret: fromHex(secret), transcript: zero, clusterId, initiator: a.publicKey, responder: b.publicKey };
  const sender = new SessionSender(deriveSessionKeys(agreed, 'initiator', sentMs));
  const message = sender.seal('sealed', utf8.encode(body), sentMs, 60);
  const authenticated = sender.seal('authenticated', utf8.encode(body), sentMs, 60);
  const receiver = new SessionReceiver(deriveSessionKeys(agreed, 'responder', sentMs));
  return {
    proof: toHex(proveSession('S', handshake, b).signature),
    sealed: toHex(message),
    authenticated: toHex(authenticated),
    opened: Buffer.from(receiver.open(message, { nowMs: sentMs })).toString('utf8'),
  };
}

async function join() {
  const { secret, channelBinding, request, reply, body } = vectors.join.input;
  const code = joinCodeOf(fromHex(secret));
  const { inviteId, macKey } = await deriveInviteKeys(readJoinCode(code));
  const transcript = { channelBinding: fromHex(channelBinding), request: utf8.encode(request), reply: utf8.encode(reply) };
  const proof = proveJoin(macKey, transcript, a);
  const nonces = { joinerNonce: fromHex(vectors.seeds[0] ?? ''), inviterNonce: fromHex(vectors.seeds[1] ?? '') };
  return {
    code,
    inviteId: toHex(inviteId),
    macKey: toHex(macKey),
    joinMac: toHex(proof.mac),
    joinSignature: toHex(proof.signature),
    invitationMac: toHex(proveInvitation(macKey, transcript, utf8.encode(body))),
    commitment: toHex(comparisonCommitment(a.publicKey, nonces.joinerNonce)),
    shortNumber: shortNumber({ channelBinding: transcript.channelBinding, joiner: a.publicKey, inviter: admin.publicKey, ...nonces }),
  };
}

function names() {
  const { words, hex } = fingerprintOf(a.publicKey);
  return {
    nodeIds: [a, b, admin].map(({ publicKey }) => nodeIdOf(publicKey)).join(' '),
    recoveryWords: recoveryWordsOf(fromHex(vectors.seeds[0] ?? '')).join(' '),
    fingerprint: `${words.join(' ')} / ${hex}`,
  };
}

/** What this runtime computes, in the form of the expected values. */
export async function computeVectors(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  return { names: names(), envelope: envelope(), sealed: await sealed(), membership: membership(), session: session(), join: await join() };
}

/**
 * Compares what this runtime computes with the golden vectors.
 *
 * @returns how many there are
 * @throws Error that names the first difference
 */
export async function checkGoldenVectors(): Promise<number> {
  const computed = await computeVectors();
  let count = 0;
  for (const [group, { expected }] of Object.entries({
    names: vectors.names,
    envelope: vectors.envelope,
    sealed: vectors.sealed,
    membership: vectors.membership,
    session: vectors.session,
    join: vectors.join,
  })) {
    for (const [name, value] of Object.entries(expected)) {
      const found = computed[group]?.[name];
      if (found !== value) throw new Error(`${group}.${name} is ${found} instead of ${value}`);
      count++;
    }
  }
  return count;
}
