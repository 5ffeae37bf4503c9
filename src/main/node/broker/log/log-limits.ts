/** Bounds of the log store. */
export const logLimits = {
  /** Entry data of one transaction; what goes beyond waits for the next. */
  logTransactionBytes: 16_777_216,
  /** Entry data that may wait for the disk; more is refused. */
  logWaitingBytes: 268_435_456,
  /** Bytes of journal after which the checkpoint thread works. */
  journalCheckpointBytes: 8_388_608,
  /** Bytes of journal after which it is begun anew from its beginning. */
  journalBytes: 33_554_432,
  /** Requests that wait for one thread of the log or of the states; more are refused. */
  threadRequests: 65_536,
} as const;
