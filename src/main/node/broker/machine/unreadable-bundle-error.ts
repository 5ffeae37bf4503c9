/** A committed entry cannot be read: this broker must stop applying its group, because others may be able to. */
export class UnreadableBundleError extends Error {
  constructor(why: string, cause?: unknown) {
    super(`A log entry cannot be read by this version: ${why}.`, { cause });
    this.name = 'UnreadableBundleError';
  }
}
