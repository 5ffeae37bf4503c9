/** A note that one node offers to the chain of another, signed by the node that offers it (wire.md 3, `Transaction`). */
import { fromBase64url, importPublicKey, isSignedBy, publicKeyOf, type Signer, toBase64url } from '../../identity/index.ts';
import { lengthAndText, u64 } from '../../trust/byte-reader.ts';

const tag = Buffer.from('SGBX/offer/v1\0\0\0', 'latin1');

export interface Transaction {
  /** UUID; makes the same words said twice two offers. */
  readonly transaction_id: string;
  /** Node that offers it. */
  readonly author: string;
  /** Node whose chain is to hold it. */
  readonly chain_id: string;
  /** Milliseconds since the epoch, by the clock of the author. */
  readonly at: number;
  readonly actor: string;
  readonly text: string;
  readonly target: string | null;
}

/** tag 16 | author 32 | chain 32 | at u64 | four texts, each behind its length u16: id, actor, text, target (empty: none). */
function transactionBytes({ transaction_id: id, author, chain_id: chain, at, actor, text, target }: Transaction): Uint8Array {
  const texts = [id, actor, text, target ?? ''].map(lengthAndText);
  return new Uint8Array(Buffer.concat([tag, publicKeyOf(author), publicKeyOf(chain), u64(at), ...texts]));
}

/** @returns the signature, base64url */
export function signTransaction(transaction: Transaction, signer: Signer): string {
  return toBase64url(signer.sign(transactionBytes(transaction)));
}

/** True when its author signed exactly this. @throws SignalboxError `INVALID_PARAMS`, `KEY_WEAK` */
export function isTransactionSigned(transaction: Transaction & { readonly signature: string }): boolean {
  const signature = fromBase64url(transaction.signature, 'signature of an offered note', 64);
  return isSignedBy(importPublicKey(publicKeyOf(transaction.author)), transactionBytes(transaction), signature);
}
