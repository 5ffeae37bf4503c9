/** Worker threads: how they are started, asked, watched and ended, and what runs in them. */
export type { ThreadContract, ThreadWith } from './contract.ts';
export { RestartedThread, type RestartedThreadOptions } from './restarted-thread.ts';
export { Moved, runThread, type ThreadService, type ThreadSide } from './run-thread.ts';
export { type ReportHandlers, type StartFailure, Thread, type ThreadEnd, type ThreadOptions } from './thread.ts';
export { threadErrors } from './thread-errors.ts';
export { workerUrl } from './worker-location.ts';
