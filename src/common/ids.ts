/** `n1` and 52 base32 characters of the Ed25519 public key (security.md 2.3). */
export const nodeIdPattern = /^n1[a-z2-7]{52}$/;

/** True for a full node id. */
export function isNodeId(value: string): boolean {
  return nodeIdPattern.test(value);
}

/** The first 8 characters, for people beside the name; never used in a decision (security.md 2.3). */
export function shortNodeId(nodeId: string): string {
  return nodeId.slice(0, 8);
}
