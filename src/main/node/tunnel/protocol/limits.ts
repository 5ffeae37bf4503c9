/** Bounds of what one end of a link takes from the other (docs/limits.md; security.md row 57). */
export const protocolLimits = {
  /** Of one WebSocket message: a whole request of the first system with its head. Set as `maxPayload`. */
  frameBytes: 1_179_648,
  /** Body that a request to an agent of the first system may have: it goes with the head (seed 5 section 2). */
  legacyBodyBytes: 1_048_576,
  /** Method, path, header names and values of one head together. */
  headBytes: 131_072,
  /** Names with their values, in one head. */
  headers: 512,
  idBytes: 64,
  /** Of any other text: tokens, reasons, addresses. */
  textBytes: 4_096,
  /** Of a repeated text besides headers. */
  listItems: 256,
  pingBytes: 128,
  /** Of the sealed access rules in a sign-in. */
  sealedBytes: 16_384,
  /** Of a data message that this end sends: another stream's turn comes after as many. */
  chunkBytes: 16_384,
} as const;
