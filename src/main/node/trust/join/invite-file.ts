/** Invite files: a join code that serves several nodes, with everything a machine without a person needs to join (security.md 2.4). */
import { z } from 'zod';
import { inviteFileCharacters } from '../../../../common/contract/membership.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { fromBase64url, toBase64url } from '../../identity/index.ts';
import { refusal } from '../refusal.ts';
import { readJoinCode } from './join-code.ts';

const kind = 'signalbox-invite';
const fileVersion = 1;
const bounds = { depth: 4, keys: 64 };
const mostAddresses = 16;

const fileSchema = z.strictObject({
  kind: z.literal(kind),
  version: z.literal(fileVersion),
  cluster: z.strictObject({ id: z.string().max(64), name: z.string().max(256) }),
  secret: z.string().max(64),
  roles: z.array(z.string().max(16)).max(8),
  uses: z.number().int().min(1),
  expiresAt: z.iso.datetime(),
  addresses: z.array(z.string().max(320)).min(1).max(mostAddresses),
});

/** What an invite file says. Only the secret and the addresses are needed to join; the inviter alone knows what still holds. */
export interface InviteFile {
  /** 32 bytes: whoever lets the node in must be of this cluster. */
  readonly clusterId: Uint8Array;
  readonly clusterName: string;
  /** The join code. */
  readonly code: string;
  /** For whoever opens the file; the inviter decides. */
  readonly roles: readonly string[];
  readonly uses: number;
  readonly expiresMs: number;
  /** `HOST:PORT`, the likeliest first. */
  readonly addresses: readonly string[];
}

/** The text of an invite file. Whoever reads it can join. */
export function encodeInviteFile(invite: InviteFile): string {
  const { clusterId, clusterName, code, roles, uses, expiresMs, addresses } = invite;
  const content: z.input<typeof fileSchema> = {
    kind,
    version: fileVersion,
    cluster: { id: toBase64url(clusterId), name: clusterName },
    secret: code,
    roles: [...roles],
    uses,
    expiresAt: new Date(expiresMs).toISOString(),
    addresses: addresses.slice(0, mostAddresses),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * Reads an invite file. A mistake in it is found before anything is sent (security.md row 65).
 *
 * @throws SignalboxError `INVITE_INVALID` when it is none, or damaged; `VERSION` when it is of a newer version; `TOO_LARGE`
 */
export function readInviteFile(text: string): InviteFile {
  if (text.length > inviteFileCharacters) throw refusal('TOO_LARGE', 'An invite file is much smaller than this. Choose another file.');
  const value = parsed(text);
  const { version } = z.looseObject({ kind: z.literal(kind), version: z.number() }).safeParse(value).data ?? {};
  if (version !== undefined && version > fileVersion)
    throw refusal('VERSION', `The invite file is of a newer version (format ${version}). Update Signalbox on this node.`);
  const file = fileSchema.safeParse(value);
  if (!file.success) throw damaged();
  const { cluster, secret: code, roles, uses, expiresAt, addresses } = file.data;
  readJoinCode(code);
  return {
    clusterId: fromBase64url(cluster.id, 'the cluster id', 32),
    clusterName: cluster.name,
    code,
    roles,
    uses,
    expiresMs: Date.parse(expiresAt),
    addresses,
  };
}

function parsed(text: string): unknown {
  try {
    return parseGuarded(text, bounds);
  } catch (error) {
    if (error instanceof SignalboxError) throw damaged();
    throw error;
  }
}

function damaged(): SignalboxError {
  return refusal('INVITE_INVALID', 'This is no invite file of Signalbox, or it is damaged. Copy it again or ask for a new one.', {
    reason: 'damaged',
  });
}
