/** The signed answer of a node to the question whether it holds the very same blocks. Layout: docs/ledger.md. */
import { fromBase64url, importPublicKey, isSignedBy, nodeIdOf, publicKeyOf, type Signer, toBase64url } from '../../identity/index.ts';
import { u32, u64 } from '../../trust/byte-reader.ts';
import { fromHex } from '../../trust/digest.ts';
import { noHash } from '../block.ts';

const tag = Buffer.from('SGBX/confirm/v1\0', 'latin1');

/** What a node says of one place: it is the same here, it differs, it was never here, or it was sealed and moved away. */
export const verdicts = ['same', 'differs', 'unknown', 'pruned'] as const;
export type Verdict = (typeof verdicts)[number];

/** What a node says of one block of a chain. */
export interface PlaceAnswer {
  readonly height: number;
  readonly verdict: Verdict;
  /** Hash of the block at that height where the answer comes from, hex; null: it holds none. */
  readonly hash: string | null;
}

/** Everything that the signature of an answer covers. */
export interface Confirmation {
  /** Node whose chain was asked about. */
  readonly chainId: string;
  /** Node that answers. */
  readonly nodeId: string;
  /** Milliseconds since the epoch, by the clock of the node that answers. */
  readonly at: number;
  /** Height up to which its copy reaches; -1: it has none. */
  readonly height: number;
  readonly answers: readonly PlaceAnswer[];
}

export interface SignedConfirmation extends Confirmation {
  /** Ed25519 by the node that answers, base64url. */
  readonly signature: string;
}

/**
 * The bytes that are signed: tag 16 | chain 32 | node 32 | at u64 | blocks held u64 | count u32 | count x (height u64, verdict u8, hash 32).
 *
 * @throws SignalboxError `INVALID_PARAMS` or `KEY_WEAK` for an id that is none
 */
export function confirmationBytes({ chainId, nodeId, at, height, answers }: Confirmation): Uint8Array {
  const places = answers.flatMap(({ height: place, verdict, hash }) => [
    u64(place),
    Uint8Array.of(verdicts.indexOf(verdict)),
    hash === null ? noHash : fromHex(hash),
  ]);
  const parts = [tag, publicKeyOf(chainId), publicKeyOf(nodeId), u64(at), u64(height + 1), u32(answers.length), ...places];
  return new Uint8Array(Buffer.concat(parts));
}

/** Signs what this node says of places in a chain. */
export function signConfirmation(confirmation: Omit<Confirmation, 'nodeId'>, signer: Signer): SignedConfirmation {
  const whole = { ...confirmation, nodeId: nodeIdOf(signer.publicKey) };
  return { ...whole, signature: toBase64url(signer.sign(confirmationBytes(whole))) };
}

/** True when the node that is named signed exactly this. @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK` */
export function isConfirmationSigned({ signature, ...confirmation }: SignedConfirmation): boolean {
  const key = importPublicKey(publicKeyOf(confirmation.nodeId));
  return isSignedBy(key, confirmationBytes(confirmation), fromBase64url(signature, 'signature of a confirmation', 64));
}
