import { RetryDelay } from '../retry-delay.ts';
import type { ProblemReport, Problems } from '../telemetry/problems.ts';
import type { Logger } from '../telemetry/types.ts';
import type { ThreadContract } from './contract.ts';
import { Thread, type ThreadEnd, type ThreadOptions } from './thread.ts';

export interface RestartedThreadOptions<Contract extends ThreadContract> {
  /** What each thread is started with; asked anew each time. */
  readonly thread: () => Omit<ThreadOptions<Contract>, 'onEnd' | 'logger' | 'name' | 'subject'>;
  readonly name: string;
  readonly subject: string;
  readonly logger: Logger;
  readonly problems: Problems | undefined;
  /** What is wrong with the node from an end to the next start. */
  readonly problem: (end: ThreadEnd) => ProblemReport;
  /** One that was ready for so long has recovered, milliseconds: the next pause is a short one again. */
  readonly healthyMs: number;
  /** Whether a thread that never was ready is tried again too; otherwise the first start is a matter of its caller. */
  readonly retriesFirstStart: boolean;
  /** Right after each start, before it is ready. */
  readonly onLaunched?: (thread: Thread<Contract>) => void;
  /** After an end that nobody asked for. @param waitMs until the next start, milliseconds; undefined: there is none */
  readonly onEnd?: (end: ThreadEnd, waitMs: number | undefined) => void;
}

/** A thread that is started again, with growing pauses, when it ends though nobody asked it to. */
export class RestartedThread<Contract extends ThreadContract> {
  readonly #options: RestartedThreadOptions<Contract>;
  readonly #delay = new RetryDelay();
  #thread: Thread<Contract> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wasReady = false;
  #stopped = false;
  #restarts = 0;
  #problemId: string | undefined;

  constructor(options: RestartedThreadOptions<Contract>) {
    this.#options = options;
  }

  /** The one that runs or starts; undefined between two, before the first and after the last. */
  get thread(): Thread<Contract> | undefined {
    return this.#thread;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the thread now unless it runs. @returns undefined: it was stopped for good @throws Error see {@link Thread} */
  launch(): Thread<Contract> | undefined {
    if (this.#thread !== undefined || this.#stopped) return this.#thread;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { thread: optionsOf, name, subject, logger, onLaunched } = this.#options;
    const options = optionsOf();
    const thread: Thread<Contract> = new Thread<Contract>({
      ...options,
      name,
      subject,
      logger,
      onReady: (ready) => {
        this.#ready();
        options.onReady?.(ready);
      },
      onEnd: (end) => this.#ended(end),
    });
    this.#thread = thread;
    onLaunched?.(thread);
    return thread;
  }

  /** Ends it for good, or what would start it. The problem is over then: what is off does not fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#thread?.stop();
    this.#thread = undefined;
    this.#clearProblem();
  }

  #ready(): void {
    this.#wasReady = true;
    this.#clearProblem();
    const { name, subject, logger } = this.#options;
    if (this.#restarts > 0) logger.info(`${name}.threadRestarted`, `${subject} was started again.`, { restarts: this.#restarts });
  }

  #ended(end: ThreadEnd): void {
    const { name, subject, logger, problems, problem, healthyMs, retriesFirstStart, onEnd } = this.#options;
    this.#thread = undefined;
    if (!this.#wasReady && !retriesFirstStart) {
      onEnd?.(end, undefined);
      return;
    }
    if (end.readyMs !== undefined && end.readyMs >= healthyMs) this.#delay.reset();
    const waitMs = this.#delay.nextMs();
    const error = end.startFailure?.error ?? end.fault;
    logger.error(`${name}.threadEnded`, `${subject} ended unexpectedly and is started again.`, { code: end.code, error, waitMs });
    const report = problem(end);
    this.#problemId = report.id;
    problems?.raise(report);
    this.#timer = setTimeout(() => this.#restart(), waitMs).unref();
    onEnd?.(end, waitMs);
  }

  #restart(): void {
    this.#restarts++;
    try {
      this.launch();
    } catch (error) {
      this.#ended({ code: 0, startFailure: { error: error as Error, systemCode: undefined }, fault: undefined, readyMs: undefined });
    }
  }

  #clearProblem(): void {
    if (this.#problemId !== undefined) this.#options.problems?.clear(this.#problemId);
    this.#problemId = undefined;
  }
}
