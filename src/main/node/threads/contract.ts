/** What the two sides of a worker thread may say to each other: the shape of a contract, and the messages that carry it. */
import type { ErrorShape } from '../../../common/errors.ts';
import type { ProblemReport } from '../telemetry/problems.ts';
import type { Logger } from '../telemetry/types.ts';

/** What a thread can be asked for: by name, what goes in, what comes back and what is told meanwhile. */
export type ThreadMethods = Readonly<Record<string, { readonly request: unknown; readonly result: unknown; readonly progress?: unknown }>>;

/** All that one kind of thread exchanges with the thread that started it. */
export interface ThreadContract {
  /** What it is started with. */
  readonly data: unknown;
  /** What it says once it is ready. */
  readonly ready: unknown;
  readonly methods: ThreadMethods;
  /** What it is told and does not answer, by name. */
  readonly told: Readonly<Record<string, unknown>>;
  /** What it tells unasked, by name. */
  readonly reports: Readonly<Record<string, unknown>>;
  /** How an error crosses over. */
  readonly failure: unknown;
}

interface BareThread {
  readonly data: undefined;
  readonly ready: undefined;
  readonly methods: Readonly<Record<never, never>>;
  readonly told: Readonly<Record<never, never>>;
  readonly reports: Readonly<Record<never, never>>;
  readonly failure: ErrorShape;
}

/** A contract of which only what there is has to be named; errors cross in the one error shape unless it says otherwise. */
export type ThreadWith<Named extends Partial<ThreadContract>> = Omit<BareThread, keyof Named> & Named;

export type ToThread =
  | { readonly type: 'ask'; readonly id: number; readonly method: string; readonly request: unknown }
  /** Whoever asked does not need a full answer any more. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'tell'; readonly name: string; readonly value: unknown }
  | { readonly type: 'stop' };

export type FromThread =
  | { readonly type: 'ready'; readonly ready: unknown }
  /** It did not start, and ends. `systemCode`: of the system, for example EADDRINUSE. */
  | { readonly type: 'startFailed'; readonly failure: unknown; readonly systemCode: string | undefined }
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly failure: unknown }
  | { readonly type: 'progress'; readonly id: number; readonly progress: unknown }
  | { readonly type: 'report'; readonly name: string; readonly value: unknown }
  | { readonly type: 'raise'; readonly problem: ProblemReport }
  | { readonly type: 'clear'; readonly problemId: string }
  | {
      readonly type: 'log';
      readonly level: keyof Logger;
      readonly event: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    }
  /** It ends all the same. */
  | { readonly type: 'stopFailed'; readonly error: unknown };
