/** Every bound of the node behind the router, in one place. Bounds of the client protocol are in `src/common/limits.ts`. */
export const nodeLimits = {
  /** Lines of one log that `logs.tail` can still show. */
  logRingEntries: 2_000,
  /** The same bound in bytes of JSON. */
  logRingBytes: 1_048_576,
  /** Largest single log line; longer fields are cut. */
  logLineBytes: 16_384,
  /** Bytes that may wait for the log file; beyond it lines are dropped and counted. */
  logFileQueueBytes: 4_194_304,
  /** Log lines a second that go out live on `/logging/{name}`, all logs together. */
  logLiveLinesPerSecond: 500,
  /** A repeating log event appears once in this time, with a count (security.md section 6, invariants). */
  logRepeatIntervalMs: 10_000,
  /** Keys whose repetition is watched at once. */
  logRepeatKeys: 1_000,
  /** Problems shown at once. */
  problems: 100,
  /** Statements that may wait for the SQLite worker. */
  storePendingRequests: 10_000,
  /** Bytes of parameters that may wait for the SQLite worker. */
  storePendingBytes: 67_108_864,
  /** Prepared statements the SQLite worker keeps. */
  storePreparedStatements: 256,
  /** Copies of a database made before it was migrated. */
  storeBackups: 2,
  /** Largest settings or identity file that is read (security.md row 65). */
  settingsFileBytes: 1_048_576,
  /** Audit records that may wait to be written. */
  auditPendingRecords: 10_000,
  /** Largest params kept with one audit record; larger ones are kept as a digest. */
  auditParamsBytes: 16_384,
  /** Most audit records written in one transaction. */
  auditBatchRecords: 200,
  /** How long the answer of a write waits for its audit record to be on the disk. */
  auditAnswerWaitMs: 2_000,
  /** Largest value of one workspace item. */
  workspaceValueBytes: 262_144,
  /** Largest sum of one person's workspace items. */
  workspaceUserBytes: 67_108_864,
  /** Most bytes of values in one answer of `workspace.list`, well below what an answer may have; the rest is counted. */
  workspaceListBytes: 4_194_304,
  /** Requests that wait for one worker thread at once, where its part has no bound of its own. */
  threadRequests: 4_096,
  /** Time a worker thread has to start, where it reads no files for that: how long those take depends on their size. */
  threadStartMs: 30_000,
  /** Time a worker thread that keeps a file has to finish what is on its way to the disk before it is ended. */
  threadStopMs: 30_000,
  /** Time a stopping part of the node has before the next one is stopped. */
  stopDeadlineMs: 8_000,
} as const;
