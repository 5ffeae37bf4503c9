/** Shells that a command can be written for. */
export const shells = ['posix', 'powershell'] as const;
export type Shell = (typeof shells)[number];

const plain = /^[A-Za-z0-9_./:=-]+$/;

/** One word of a command line, so that the shell reads it as it is. */
export function shellQuote(text: string, shell: Shell): string {
  if (plain.test(text)) return text;
  return shell === 'posix' ? `'${text.replaceAll("'", String.raw`'\''`)}'` : powershellQuote(text);
}

/** A text literal of PowerShell, which takes the typographic quotes for plain ones. */
export function powershellLiteral(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}

/**
 * A word for a program of Windows: PowerShell hands it over without marking double quotes, so they are marked here, with the backslashes
 * in front of them (the rules of CommandLineToArgvW). Right as long as `$PSNativeCommandArgumentPassing` is `Legacy`, as Windows PowerShell is.
 */
function powershellQuote(text: string): string {
  const marked = text.replace(/(\\*)"/g, String.raw`$1$1\"`);
  // At the end of a word that gets quotes because it has a blank, backslashes stand in front of one too.
  return powershellLiteral(/\s/.test(marked) ? marked.replace(/\\+$/, '$&$&') : marked);
}
