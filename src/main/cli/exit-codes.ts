import { type Executed, SignalboxError } from '../../common/errors.ts';
import { DamagedFileError } from '../node/damaged-file-error.ts';

/** What the command says to the program that called it. `signalbox --help` and `docs/cli.md` list the same. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  notAllowed: 4,
  timeout: 5,
  damaged: 6,
  partial: 7,
  interrupted: 130,
} as const;

export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  failed: 'the node refused or failed the call',
  usage: 'the command line is not right',
  unreachable: 'no node answers',
  notAllowed: 'not signed in, or the role does not suffice',
  timeout: 'no answer in time; the call may still have run',
  damaged: 'a data file is damaged; it was left as it is',
  partial: 'some of the nodes asked gave no result; the others did',
  interrupted: 'stopped with Ctrl-C',
};

/** A command line that cannot be understood. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The person who runs the command has stopped it. A node that cancels something says `CANCELLED` too, and is heard. */
export class Interrupted extends SignalboxError {
  constructor(executed: Executed) {
    super('CANCELLED', 'Stopped.', { executed });
    this.name = 'Interrupted';
  }
}

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof DamagedFileError) return exitCodes.damaged;
  if (!(error instanceof SignalboxError)) return exitCodes.failed;
  switch (error.code) {
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
      return exitCodes.notAllowed;
    case 'NODE_UNREACHABLE':
      return exitCodes.unreachable;
    case 'TIMEOUT':
      return exitCodes.timeout;
    default:
      return exitCodes.failed;
  }
}
