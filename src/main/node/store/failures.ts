import { SignalboxError } from '../../../common/errors.ts';
import { DamagedFileError } from '../damaged-file-error.ts';
import type { StoreFailure } from './protocol.ts';

/** SQLite's own, and those of the file system where the file is copied or made. */
const storageCodes = /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|NOLFS)|E(NOSPC|DQUOT|ROFS|ACCES|PERM|IO|NOENT|MFILE|NFILE)$)/;

/** Sorts what the SQLite binding threw. */
export function describeFailure(error: unknown): StoreFailure {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const name = typeof code === 'string' ? code : 'UNKNOWN';
  return { kind: kindOf(error, name), code: name, message: typeof message === 'string' ? message : String(error) };
}

function kindOf(error: unknown, code: string): StoreFailure['kind'] {
  if (error instanceof SchemaError) return 'schema';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'damaged';
  if (storageCodes.test(code)) return 'storage';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  if (code.startsWith('SQLITE_CONSTRAINT')) return 'constraint';
  return 'fault';
}

/** The schema in the file and the schema in the program do not belong together. */
export class SchemaError extends Error {
  readonly code = 'SCHEMA';

  constructor(message: string) {
    super(message);
    this.name = 'SchemaError';
  }
}

/**
 * The error a caller of the store gets.
 *
 * @param executed `no` when the statement certainly left no trace
 */
export function failureToError(file: string, failure: StoreFailure, executed: 'no' | 'maybe' = 'no'): Error {
  const cause = new Error(`${failure.code}: ${failure.message}`);
  switch (failure.kind) {
    case 'damaged':
      return new DamagedFileError(file, 'database', `SQLite cannot read it (${failure.message}).`, cause);
    case 'storage':
      return new SignalboxError(
        'STORAGE_FULL',
        `The database ${file} could not be used (${failure.message}). Free space on the disk or make the data folder writable.`,
        { cause, executed, data: { sqlite: failure.code } },
      );
    case 'busy':
      return new SignalboxError('OVERLOADED', `The database ${file} is locked by another program. Close it and try again.`, {
        cause,
        executed,
      });
    case 'constraint':
      return new SignalboxError('CONFLICT', 'The change contradicts what is stored.', {
        cause,
        executed,
        data: { sqlite: failure.code, detail: failure.message },
      });
    case 'schema':
      return new SignalboxError('CONFLICT', failure.message, { cause, executed, retryable: false });
    case 'fault':
      return new SignalboxError('INTERNAL', 'The database refused a statement. The log has the details.', { cause, executed });
  }
}
