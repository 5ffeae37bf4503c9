import { SignalboxError } from '../../../../common/errors.ts';
import type { ExportFault } from './export-report.ts';

/** Ends the check of a file: the line that is looked at is not right. */
export class WrongPlace extends Error {
  readonly fault: ExportFault['fault'];
  /** Where in the line, as far as it is known. */
  readonly place: Partial<ExportFault>;

  constructor(fault: ExportFault['fault'], message: string, place: Partial<ExportFault>) {
    super(message);
    this.name = 'WrongPlace';
    this.fault = fault;
    this.place = place;
  }
}

/** What is wrong with a line, to be thrown. */
export function wrong(fault: ExportFault['fault'], message: string, place: Partial<ExportFault> = {}): WrongPlace {
  return new WrongPlace(fault, message, place);
}

/** Runs a check whose refusal names a member of the line. @throws WrongPlace */
export function checked<T>(
  field: string,
  check: () => T,
  fault: ExportFault['fault'] = 'line',
  height: number | null = null,
  number: number | null = null,
): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    throw wrong(fault, error.message, { field, height, number });
  }
}
