import { STATUS_CODES } from 'node:http';
import type { CheckedHead } from './response-head.ts';

let dateSecond = 0;
let dateLine = '';

/** Says that the connection goes on, as Node does. @param keepAliveMs how long it may stand idle; 0: without an end */
export function keepAliveLines(keepAliveMs: number): string {
  const timeout = keepAliveMs === 0 ? '' : `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}\r\n`;
  return `Connection: keep-alive\r\n${timeout}`;
}

/**
 * The head of an answer on a connection that goes on, byte for byte as Node writes it.
 *
 * @param head checked, with all that says where its body ends
 * @param connectionLines from {@link keepAliveLines}
 * @returns latin 1, with the empty line
 */
export function headText({ status, headers, hasDate }: CheckedHead, connectionLines: string): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}${hasDate ? '' : currentDateLine()}${connectionLines}\r\n`;
}

/** It is the same for a second. */
function currentDateLine(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
  }
  return dateLine;
}
