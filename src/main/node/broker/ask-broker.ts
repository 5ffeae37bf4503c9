import { SignalboxError } from '../../../common/errors.ts';
import type { Thread } from '../threads/index.ts';
import type { OperationAnswer, OperationOptions, OperationRequest } from './broker-face.ts';
import { brokerLimits } from './limits.ts';
import type { Caller } from './server/operations/index.ts';
import type { BrokerThread } from './worker-messages.ts';

/** Operations that take as long as they take; whoever asked may stop waiting. */
const unhurried: ReadonlySet<string> = new Set(['GROUP_JOIN', 'LEAVE_CLUSTER', 'BACKUP', 'RESTORE']);

/**
 * Asks the broker's thread, with a deadline. That it has too much to do, or took too long, is an answer like those of a broker.
 *
 * @throws SignalboxError `CANCELLED`; `INTERNAL` when the thread is gone
 */
export async function askBroker(
  thread: Thread<BrokerThread>,
  operation: OperationRequest,
  caller: Caller,
  { signal, onProgress }: OperationOptions,
): Promise<OperationAnswer> {
  const timeoutMs = unhurried.has(operation.operation) ? undefined : deadlineOf(operation);
  try {
    return await thread.ask('request', { operation, caller }, { timeoutMs, leave: signal, onProgress });
  } catch (error) {
    if (!(error instanceof SignalboxError) || (error.code !== 'OVERLOADED' && error.code !== 'TIMEOUT')) throw error;
    const { code, message, executed } = error;
    return { status: 'error', code, message, executed };
  }
}

function deadlineOf({ timeout_ms: timeoutMs, wait_ms: waitMs }: OperationRequest): number {
  const base = typeof timeoutMs === 'number' ? timeoutMs : brokerLimits.requestOfNodeMs;
  return base + (typeof waitMs === 'number' ? waitMs : 0);
}

/** What whoever stopped waiting is told. */
export function cancelled(): SignalboxError {
  return new SignalboxError('CANCELLED', 'The operation on the queue was cancelled. It may still happen.', { executed: 'maybe' });
}
