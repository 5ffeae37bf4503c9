import { SignalboxError } from '../../common/errors.ts';

/** Which of the node's files it is. */
export type DataFileKind = 'settings' | 'database' | 'identity' | 'ledger' | 'values';

/**
 * A file of the data folder cannot be read. It is never overwritten: the shell opens the rescue screen with it, the
 * command line prints what `rescue.ts` offers.
 */
export class DamagedFileError extends SignalboxError {
  /** Absolute path. */
  readonly file: string;
  readonly kind: DataFileKind;
  /** What was found, for a person. */
  readonly detail: string;

  constructor(file: string, kind: DataFileKind, detail: string, cause?: unknown) {
    super('STORAGE_FULL', `The file ${file} is damaged: ${detail} It was left as it is. Make a backup, then reset it.`, {
      retryable: false,
      data: { file, kind, detail },
      ...(cause !== undefined && { cause }),
    });
    this.name = 'DamagedFileError';
    this.file = file;
    this.kind = kind;
    this.detail = detail;
  }
}
