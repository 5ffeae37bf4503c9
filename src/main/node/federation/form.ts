import type { KnownNode } from './node-directory.ts';

/** How nodes are spoken to. */

/**
 * How a node is spoken to: `bare` is what the first system's nodes and people with `mosquitto_pub` read, `secure` what members of this
 * node's cluster take from it, in a session or signed.
 */
export type Form = 'bare' | 'envelope' | 'batch' | 'secure';

/** What the followers of a topic read on the broker. */
export interface Readers {
  /** Some of them are members. */
  readonly secure: boolean;
  /** The form that all others read; undefined when there are no others. */
  readonly unsigned: Exclude<Form, 'secure'> | undefined;
}

/** What a node reads, as it announced. */
export function formOf(node: KnownNode): Form {
  if (node.secure) return 'secure';
  const { formats } = node.presence;
  if (formats.includes('batch')) return 'batch';
  return formats.includes('envelope') ? 'envelope' : 'bare';
}
