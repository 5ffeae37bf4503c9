import { bytesOf, textOfBytes } from '../bytes.ts';
import type { TunnelRequestDetail } from '../contract/tunnels.ts';
import { addressOf } from './exchange-address.ts';
import { oneHopHeaders } from './field-names.ts';
import { headerOf } from './headers.ts';
import { powershellLiteral, type Shell, shellQuote } from './shell-quote.ts';

/** A request as a command. */
export interface CurlCommand {
  readonly command: string;
  /** What of the request is not in it, for people; empty: all is. */
  readonly notes: readonly string[];
}

/** Of one connection, made by curl itself, or added on the way by the gateway. */
const leftOut: ReadonlySet<string> = new Set([
  ...oneHopHeaders,
  'host',
  'content-length',
  'trailer',
  'expect',
  'accept-encoding',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
  'signalbox-replay',
]);

/** Texts that may stand in a command as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is kept out
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffd]/;
const lineBreak = /[\r\n]/;

/**
 * Writes a captured request as a curl command that can be pasted.
 *
 * @param scheme of the tunnel's public address
 * @param shell `posix`: sh, bash, zsh, fish; `powershell`: of Windows, any version
 */
export function toCurl(request: TunnelRequestDetail, scheme: 'http' | 'https', shell: Shell): CurlCommand {
  const address = addressOf(request, scheme);
  const notes: string[] = [];
  const words = [shell === 'posix' ? 'curl' : 'curl.exe'];
  const body = commandBody(request, notes);
  const quote = (text: string) => shellQuote(text, shell);
  words.push(...methodWords(request.method, body !== undefined).map(quote));
  // Else curl takes brackets and braces for lists, and folds dots.
  if (/[[\]{}]/.test(address)) words.push('--globoff');
  if (/\/\.{1,2}(\/|$|\?)/.test(address)) words.push('--path-as-is');
  words.push(quote(address));
  for (const header of headerWords(request, body !== undefined, notes)) words.push('-H', quote(header));
  if (headerOf(request.requestHeaders, 'accept-encoding') !== undefined) words.push('--compressed');
  if (request.capture === 'off') notes.push('The headers are missing: they were not kept.');
  if (request.path.includes('[redacted]')) notes.push('Write the secret of the address where it says [redacted].');
  return { command: shell === 'posix' ? posixCommand(words, body) : powershellCommand(words, body), notes };
}

function methodWords(method: string, withBody: boolean): string[] {
  if (method === 'HEAD' && !withBody) return ['--head'];
  return method === (withBody ? 'POST' : 'GET') ? [] : ['-X', method];
}

function headerWords({ requestHeaders, redacted }: TunnelRequestDetail, withBody: boolean, notes: string[]): string[] {
  const hidden = new Set(redacted);
  const words: string[] = [];
  const withheld = new Set<string>();
  for (const [name, value] of requestHeaders) {
    const lowerCase = name.toLowerCase();
    if (leftOut.has(lowerCase)) continue;
    if (hidden.has(lowerCase) || unprintable.test(value) || lineBreak.test(value)) withheld.add(name);
    else words.push(value === '' ? `${name};` : `${name}: ${value}`);
  }
  // Else curl names a type of its own.
  if (withBody && headerOf(requestHeaders, 'content-type') === undefined) words.push('Content-Type:');
  if (withheld.size > 0) notes.push(`Left out, as the values are not kept: ${[...withheld].join(', ')}.`);
  return words;
}

interface CommandBody {
  readonly base64: string;
  /** When it can be pasted as text. */
  readonly text: string | undefined;
}

function commandBody({ requestBody, requestBytes }: TunnelRequestDetail, notes: string[]): CommandBody | undefined {
  if (requestBytes === 0) return undefined;
  if (requestBody === null || requestBody.truncated) {
    notes.push(
      `The body of ${requestBytes} bytes is left out: ${requestBody === null ? 'it was not kept' : 'only its beginning was kept'}.`,
    );
    return undefined;
  }
  const text = textOfBytes(bytesOf(requestBody.base64));
  // A mark at the beginning would be lost in reading it as text.
  const asText = !unprintable.test(text) && !requestBody.base64.startsWith('77u/');
  return { base64: requestBody.base64, text: asText ? text : undefined };
}

function posixCommand(words: readonly string[], body: CommandBody | undefined): string {
  if (body === undefined) return words.join(' ');
  if (body.text !== undefined) return [...words, '--data-raw', shellQuote(body.text, 'posix')].join(' ');
  return `printf %s ${shellQuote(body.base64, 'posix')} | base64 -d | ${[...words, '--data-binary', '@-'].join(' ')}`;
}

/** In a block of its own, so that the way words are handed over is set for this one command. */
function powershellCommand(words: readonly string[], body: CommandBody | undefined): string {
  const lines = [`$PSNativeCommandArgumentPassing = 'Legacy'`];
  const command = [...words];
  if (body !== undefined && (body.text === undefined || needsFile(body.text))) {
    lines.push(
      '$body = New-TemporaryFile',
      `[IO.File]::WriteAllBytes($body, [Convert]::FromBase64String(${powershellLiteral(body.base64)}))`,
      [...command, '--data-binary', '"@$body"'].join(' '),
      'Remove-Item $body',
    );
  } else {
    if (body?.text !== undefined) command.push('--data-raw', shellQuote(body.text, 'powershell'));
    lines.push(command.join(' '));
  }
  return `& { ${lines.join('; ')} }`;
}

/** Windows bounds a command line, and older PowerShell loses what is not ASCII on it. */
function needsFile(text: string): boolean {
  return text.length > 8_000 || lineBreak.test(text) || /[^\x20-\x7e]/.test(text) || text === '';
}
