import type { HeaderPairs } from '../../link/types.ts';
import { agentLimits } from '../limits.ts';
import { InvalidResponse } from './invalid-response.ts';

/** What the headers of an answer say of its end and of the connection. */
export interface Framing {
  chunked: boolean;
  /** Undefined: no content-length. */
  lengthBytes: number | undefined;
  close: boolean;
  keepAlive: boolean;
  keepAliveMs: number | undefined;
}

const statusLine = /^HTTP\/1\.[01] [1-9]\d{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const headerLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
const digits = /^\d{1,15}$/;

/** @throws InvalidResponse */
export function parseStatusLine(line: string): { readonly status: number; readonly minorVersion: number } {
  if (!statusLine.test(line)) throw new InvalidResponse('its first line is not one of HTTP/1.0 or HTTP/1.1');
  return { minorVersion: Number(line.slice(7, 8)), status: Number(line.slice(9, 12)) };
}

/**
 * Header lines in their order and spelling.
 *
 * @param lines without line ends, from `first` on
 * @throws InvalidResponse
 */
export function parseHeaderLines(lines: readonly string[], first: number): { readonly headers: HeaderPairs; readonly framing: Framing } {
  if (lines.length - first > agentLimits.responseHeaders) throw new InvalidResponse('it has too many headers');
  const headers: string[] = [];
  const framing: Framing = { chunked: false, lengthBytes: undefined, close: false, keepAlive: false, keepAliveMs: undefined };
  for (let index = first; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    // Groups of an expression would be a fifth of what an answer leaves to the collector.
    if (!headerLine.test(line)) throw new InvalidResponse('a header line is malformed');
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = valueFrom(line, colon + 1);
    headers.push(name, value);
    // All names that count begin with c, k or t: others are not made lower case for nothing.
    const letter = name.charCodeAt(0) | 0x20;
    if (letter === 0x63 || letter === 0x6b || letter === 0x74) readFraming(framing, name.toLowerCase(), value);
  }
  if (framing.chunked && framing.lengthBytes !== undefined) throw new InvalidResponse('it gives a length beside a transfer coding');
  return { headers, framing };
}

function valueFrom(line: string, from: number): string {
  let start = from;
  while (line.charCodeAt(start) === 0x20 || line.charCodeAt(start) === 0x09) start += 1;
  return line.slice(start).trimEnd();
}

function readFraming(framing: Framing, name: string, value: string): void {
  switch (name) {
    case 'content-length':
      if (!digits.test(value)) throw new InvalidResponse('its content-length is not a number');
      if (framing.lengthBytes !== undefined && framing.lengthBytes !== Number(value)) throw new InvalidResponse('it has several lengths');
      framing.lengthBytes = Number(value);
      break;
    case 'transfer-encoding':
      if (framing.chunked || value.toLowerCase() !== 'chunked') throw new InvalidResponse('it uses a transfer coding other than chunked');
      framing.chunked = true;
      break;
    case 'connection':
      for (const option of value.toLowerCase().split(',')) {
        if (option.trim() === 'close') framing.close = true;
        else if (option.trim() === 'keep-alive') framing.keepAlive = true;
      }
      break;
    case 'keep-alive': {
      const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(value)?.[1];
      if (seconds !== undefined) framing.keepAliveMs = Number(seconds) * 1_000;
      break;
    }
  }
}
