/** The retained status of a node (wire.md 2). */
import { z } from 'zod';
import { nodeNamePattern } from '../config/index.ts';
import { federationLimits } from './limits.ts';
import { serviceIdPattern } from './topics.ts';

export const healths = ['ok', 'warn', 'crit'] as const;
export type Health = (typeof healths)[number];

/**
 * What a node can read beside bare messages: `envelope` (wire.md 3), its binary form, several router messages in one (`batch`), and batches of
 * envelopes between peers, which it acknowledges (`envelopes-taken`).
 */
export const formats = ['envelope', 'batch', 'envelope-binary', 'envelopes-taken'] as const;

/** What is shown to people beside the name: no space, no control, bidirectional or invisible character (security.md row 52). */
const plainText = z.string().regex(/^[\x21-\x7e]{0,64}$/);
const counter = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Unknown fields are dropped; what the first system's nodes leave out has a default. */
export const presenceSchema = z.object({
  serviceId: z.string().regex(serviceIdPattern),
  status: z.enum(['online', 'offline']),
  /** A name that could not stand in a topic is as good as none. */
  name: z.string().regex(nodeNamePattern).optional().catch(undefined),
  version: plainText.default('').catch(''),
  capabilities: z.array(plainText).max(64).default([]).catch([]),
  /** base64url of the 32 raw bytes. */
  publicKey: z.string().max(64).nullish(),
  /** When this connection began, milliseconds since the epoch. */
  since: counter.default(0),
  /** Starts of the node. */
  epoch: counter.max(federationLimits.epoch).default(0),
  /** Connections of this start: a will of an earlier one says nothing about a later one. */
  session: counter.default(0),
  /** Made up at each start, so that two nodes with one identity are told apart. */
  instance: plainText.default('').catch(''),
  health: z.enum(healths).default('ok'),
  /** Requests running. */
  load: counter.default(0),
  formats: z.array(z.string().max(32)).max(16).default([]),
  /** Of a member of a cluster: base64url of 64 bytes, see `presence-signature.ts`. */
  signature: z.string().max(128).optional(),
});
export type PresenceMessage = z.infer<typeof presenceSchema>;

type Session = Pick<PresenceMessage, 'epoch' | 'session' | 'instance' | 'since'>;

/** Negative when `a` is an older session of the node than `b`, 0 for the same one. */
export function compareSessions(a: Session, b: Session): number {
  return compareStarts(a, b) || a.session - b.session;
}

/** Negative when `a` is of an older start of the node than `b`, 0 for the same one. */
export function compareStarts(a: Session, b: Session): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  if (a.instance === b.instance) return 0;
  // A copied data folder can reach the same epoch twice: the later connection counts.
  return a.since - b.since || (a.instance < b.instance ? -1 : 1);
}
