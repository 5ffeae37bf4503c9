/** Writes lines of one log. `event` is a stable dotted name, so that a report leads to one place in the source. */
export interface Logger {
  trace(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
  fatal(event: string, message: string, fields?: Readonly<Record<string, unknown>>): void;
}
