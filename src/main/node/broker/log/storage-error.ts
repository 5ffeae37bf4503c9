import { SignalboxError } from '../../../../common/errors.ts';
import { describeFailure } from '../../store/failures.ts';

/** The error with a code that a storage file of the broker answers with, of whatever SQLite or the file system threw. */
export function storageError(file: string, error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const { kind, code, message } = describeFailure(error);
  const data = { file, cause: code, detail: message };
  if (kind === 'damaged')
    return new SignalboxError('STORAGE_CORRUPT', `The file ${file} is damaged: ${message}. It was left as it is.`, {
      data,
      executed: 'no',
    });
  if (kind === 'storage' || kind === 'busy')
    return new SignalboxError(
      'STORAGE_FULL',
      `The file ${file} could not be written (${code}: ${message}). Free space on the disk, make the data folder writable, or end what holds the file.`,
      { data, executed: 'no' },
    );
  return new SignalboxError('INTERNAL', `The file ${file} met an unexpected fault (${code}: ${message}).`, { data, executed: 'maybe' });
}

/** Part of a log or a state is not what was written. */
export function corrupt(file: string, detail: string, data: Readonly<Record<string, unknown>> = {}): SignalboxError {
  return new SignalboxError('STORAGE_CORRUPT', `The file ${file} is damaged: ${detail} It was left as it is.`, {
    data: { file, detail, ...data },
    executed: 'no',
  });
}
