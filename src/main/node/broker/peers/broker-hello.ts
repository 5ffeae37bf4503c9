/** What two brokers say to each other before they are connected: the claim of the nodes, their proofs, then who the brokers are. */
import { z } from 'zod';
import { brokerIdPattern, groupIdPattern } from '../../../../common/contract/brokers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { fromBase64url, toBase64url } from '../../identity/index.ts';
import { decodeRefusable } from '../../links/index.ts';
import type { BrokerId } from '../core/types.ts';
import { peerLimits } from './limits.ts';
import type { NodeClaim } from './peer-trust.ts';
import type { BrokerHello } from './types.ts';

/** Of what brokers say to each other; in both hellos, so that a broker of another version is told so. */
export const brokerVersion = 1;

const keyBytes = 32;
const text = z.string().max(128);
const claimSchema = z.strictObject({ operation: z.literal('PROVE'), v: z.number().int(), cluster: text, pk: text, nonce: text });
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const helloSchema = z.strictObject({
  operation: z.literal('HELLO'),
  broker_id: z.string().regex(brokerIdPattern),
  incarnation: count,
  start_id: z.string().min(1).max(64),
  host: z.string().min(1).max(255).nullable(),
  port: z.number().int().min(0).max(65_535),
  groups: z.array(z.string().regex(groupIdPattern)).max(peerLimits.groups),
  wanted: z.string().regex(brokerIdPattern).nullable(),
});

/** A hello as it is sent: a broker that dials says whom it means, where it knows. */
export interface SentHello {
  readonly hello: BrokerHello;
  readonly wanted: BrokerId | null;
}

/** @param nonce 32 bytes, made up for this connection */
export function encodeClaim({ publicKey, clusterId }: NodeClaim, nonce: Uint8Array): Buffer {
  return encode({
    operation: 'PROVE',
    v: brokerVersion,
    cluster: toBase64url(clusterId),
    pk: toBase64url(publicKey),
    nonce: toBase64url(nonce),
  });
}

/** @throws SignalboxError `VERSION`, `INVALID_PARAMS`, `BAD_REQUEST`, `TOO_LARGE`; that of the refusal when the other side refused */
export function decodeClaim(frame: Buffer): NodeClaim {
  const value = decodeRefusable(frame);
  if (typeof value === 'object' && value !== null && 'v' in value && value.v !== brokerVersion)
    throw new SignalboxError(
      'VERSION',
      `The other broker speaks version ${String(value.v).slice(0, 16)} of the broker protocol, this one ${brokerVersion}. Update one of them.`,
    );
  const { cluster, pk, nonce } = parse(claimSchema, value, 'claim');
  fromBase64url(nonce, 'the nonce', keyBytes);
  return { clusterId: fromBase64url(cluster, 'the cluster id', keyBytes), publicKey: fromBase64url(pk, 'the public key', keyBytes) };
}

export function encodeHello({ hello, wanted }: SentHello): Buffer {
  const { brokerId, incarnation, startId, host, port, groups } = hello;
  return encode({ operation: 'HELLO', broker_id: brokerId, incarnation, start_id: startId, host, port, groups, wanted });
}

/** @throws as {@link decodeClaim} */
export function decodeHello(frame: Buffer): SentHello {
  const { broker_id, incarnation, start_id, host, port, groups, wanted } = parse(helloSchema, decodeRefusable(frame), 'hello');
  return { hello: { brokerId: broker_id, incarnation, startId: start_id, host, port, groups }, wanted };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SignalboxError('INVALID_PARAMS', `The ${what} of the other broker is not valid.`, { executed: 'no' });
}
