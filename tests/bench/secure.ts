/**
 * What trust costs: without any network envelopes signed and verified against bare Ed25519 of `node:crypto` over as many bytes, and
 * messages under session keys against an Ed25519 signature a message; with it, calls between two nodes (`secure-remote.ts`).
 */

import { sign, verify } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  agreementKeyFromBytes,
  createSealOpener,
  KnownKeys,
  privateKeyFromSeed,
  rawAgreementKey,
  signerFromSeed,
} from '../../src/main/node/identity/index.ts';
import {
  checkSignature,
  decodeEnvelope,
  deriveSessionKeys,
  EnvelopeSender,
  encodeEnvelope,
  openForNode,
  type SessionForm,
  SessionReceiver,
  SessionSender,
} from '../../src/main/node/trust/index.ts';
import { type Bench, type Measure, runMeasures, type Subject } from './harness.ts';
import type { Endings } from './rpc-remote-callers.ts';
import { secureRemoteMeasures } from './secure-remote.ts';

const payload = new Uint8Array(Buffer.from(`{"type":"Router","message":{"text":"${'x'.repeat(470)}"}}`, 'utf8'));
const seeds = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];
const [alice, bob] = seeds.map(signerFromSeed) as [ReturnType<typeof signerFromSeed>, ReturnType<typeof signerFromSeed>];
const clusterId = new Uint8Array(32).fill(3);
const keys = new KnownKeys();
const bareKey = privateKeyFromSeed(seeds[0]);
const barePublicKey = keys.keyOf(alice.publicKey);
const signedBytes = new Uint8Array(198);
const message = { target: bob.publicKey, ttlSeconds: 60, priority: 'Medium', type: 'router', payload } as const;
const batch = 50;

/** How often a second something is done. */
function rate(name: string, seconds: number, work: () => unknown): Subject {
  return {
    name,
    sample: async () => {
      const startMs = performance.now();
      let done = 0;
      for (; performance.now() - startMs < seconds * 1_000; done += batch) for (let at = 0; at < batch; at++) await work();
      return (done / (performance.now() - startMs)) * 1_000;
    },
  };
}

/** A session of its own, made anew before its keys are spent. */
function sessionRoundTrip(form: SessionForm): () => unknown {
  const secret = {
    secret: new Uint8Array(32),
    transcript: new Uint8Array(32),
    clusterId,
    initiator: alice.publicKey,
    responder: bob.publicKey,
  };
  const open = () => ({
    sender: new SessionSender(deriveSessionKeys(secret, 'initiator', 0)),
    receiver: new SessionReceiver(deriveSessionKeys(secret, 'responder', 0)),
  });
  let session = open();
  return () => {
    if (session.sender.isDue(0)) session = open();
    return session.receiver.open(session.sender.seal(form, payload, 0, 60), { nowMs: 0 });
  };
}

export const secure: Bench = async (options) => {
  const { seconds } = options;
  const sender = new EnvelopeSender({ identity: alice, clusterId, epoch: 1, now: Date.now });
  const wire = encodeEnvelope(sender.signed(message));
  const signature = sign(null, signedBytes, bareKey);
  const sealingKey = rawAgreementKey(agreementKeyFromBytes(seeds[0]));
  const openers = [await createSealOpener(seeds[0])];
  const sealed = await sender.sealedFor(sealingKey, message);
  const signedRoundTrip = () => checkSignature(decodeEnvelope(encodeEnvelope(sender.signed(message)), clusterId), keys);
  const perMessage = () => rate('Ed25519 a message', seconds, signedRoundTrip);
  const measures: readonly Measure[] = [
    {
      measure: 'envelopes signed',
      unit: '/s',
      aims: [{ peer: 'bare Ed25519', ratio: 0.8, kind: 'atLeast' }],
      subjects: [
        rate('signalbox', seconds, () => encodeEnvelope(sender.signed(message))),
        rate('bare Ed25519', seconds, () => sign(null, signedBytes, bareKey)),
      ],
    },
    {
      measure: 'envelopes verified',
      unit: '/s',
      aims: [{ peer: 'bare Ed25519', ratio: 0.8, kind: 'atLeast' }],
      subjects: [
        rate('signalbox', seconds, () => checkSignature(decodeEnvelope(wire, clusterId), keys)),
        rate('bare Ed25519', seconds, () => verify(null, signedBytes, barePublicKey, signature)),
      ],
    },
    {
      ...{
        measure: 'session messages authenticated, both ends',
        unit: '/s',
        aims: [{ peer: 'Ed25519 a message', ratio: 6, kind: 'atLeast' }],
      },
      subjects: [rate('signalbox', seconds, sessionRoundTrip('authenticated')), perMessage()],
    },
    {
      measure: 'session messages sealed, both ends',
      unit: '/s',
      aims: [{ peer: 'Ed25519 a message', ratio: 5, kind: 'atLeast' }],
      subjects: [rate('signalbox', seconds, sessionRoundTrip('sealed')), perMessage()],
    },
    {
      measure: 'envelopes sealed for a node',
      unit: '/s',
      aims: [],
      subjects: [rate('signalbox', seconds, () => sender.sealedFor(sealingKey, message)), perMessage()],
    },
    {
      measure: 'envelopes opened by a node',
      unit: '/s',
      aims: [],
      subjects: [rate('signalbox', seconds, () => openForNode(sealed.payload, openers, sealed)), perMessage()],
    },
  ];
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  const endings: Endings = [];
  try {
    return await runMeasures([...measures, ...(await secureRemoteMeasures(folder, options, endings))], options);
  } finally {
    for (const end of endings.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  }
};
