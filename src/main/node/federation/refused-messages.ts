import { type ErrorCode, SignalboxError, toErrorShape } from '../../../common/errors.ts';
import { noStanding, type PeerStanding } from '../peers/oversight.ts';
import type { AuditSink } from '../router/index.ts';
import { type Logger, RepeatSampler } from '../telemetry/index.ts';

export interface RefusedMessagesOptions {
  /** Counts each, by code. */
  readonly onRefused: (code: string) => void;
  /** Where refusals of messages that nobody had the right to send are written down. */
  readonly audit: AuditSink | undefined;
  /** What of it counts against the node that handed it over. */
  readonly standing?: PeerStanding;
  readonly logger: Logger;
}

/** Refusals that say something about whoever sent the message, not about clocks, load or versions. */
const audited: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_SIGNATURE',
  'REPLAYED',
  'NOT_MEMBER',
  'REVOKED',
  'WRONG_CLUSTER',
  'DECRYPT',
  'KEY_WEAK',
]);

/** Every message of other nodes that is refused: counted, and told in the log and the audit table once in a while. */
export class RefusedMessages {
  readonly #options: RefusedMessagesOptions;
  readonly #seen = new RepeatSampler();

  constructor(options: RefusedMessagesOptions) {
    this.#options = options;
  }

  /**
   * @param what the topic it came on, or the node that sent it
   * @param from the node that handed it over, proven; absent: nobody can tell
   */
  add(what: string, error: unknown, from?: string): void {
    const { onRefused, audit, logger, standing = noStanding } = this.#options;
    if (from !== undefined) standing.refused(from, error);
    const { code, message } = toErrorShape(error);
    onRefused(code);
    const suppressed = this.#seen.take(`${code}/${what}`);
    if (suppressed === undefined) return;
    logger.warn('federation.messageRefused', 'A message from another node was refused.', {
      what,
      code,
      message,
      suppressed,
      ...(!(error instanceof SignalboxError) && { error }),
    });
    if (!audited.has(code)) return;
    audit?.record({
      principal: { user: 'unknown', roles: [], via: 'node' },
      act: 'federation.receive',
      target: what,
      params: null,
      outcome: 'refused',
      code,
      detail: suppressed === 0 ? message : `${message} Refused ${suppressed} more times before this line.`,
      durationMs: null,
    });
  }
}
