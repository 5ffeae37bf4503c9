/** By whom and when blocks were brought. */
export interface Arrival {
  /** Node that brought the blocks. */
  readonly from: string;
  /** Milliseconds since the epoch, by the corrected clock. */
  readonly nowMs: number;
  /** Height at which a chain of which nothing is held may begin, because what is older was sealed. */
  readonly startsAt: number;
}
