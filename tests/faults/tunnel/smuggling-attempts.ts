/**
 * Requests that mean one thing to one reader and another to the next (RFC 9112 section 11.2), each as the bytes of its own. `LF` and other
 * control characters are written out where they are the attack.
 */

/** The request that must never be seen as one. */
export const smuggled = 'GET /smuggled HTTP/1.1';

const hidden = `${smuggled}\r\nHost: press-07.gateway.test\r\n\r\n`;

/** refused: an error, and the service hears nothing. once: an error, or one request as the client meant it, its body inside its framing. */
export interface SmugglingAttempt {
  readonly name: string;
  readonly expected: 'refused' | 'once';
  readonly bytes: string;
}

const host = 'Host: press-07.gateway.test';

const request = (lines: readonly string[], body: string, first = 'POST /attempt HTTP/1.1') =>
  `${[first, host, ...lines].join('\r\n')}\r\n\r\n${body}`;

const refused = (name: string, bytes: string): SmugglingAttempt => ({ name, expected: 'refused', bytes });
const once = (name: string, bytes: string): SmugglingAttempt => ({ name, expected: 'once', bytes });

const chunkedHidden = `0\r\n\r\n${hidden}`;
const length = (body: string) => `Content-Length: ${body.length}`;

export const smugglingAttempts: readonly SmugglingAttempt[] = [
  refused('length and chunks', request([length(chunkedHidden), 'Transfer-Encoding: chunked'], chunkedHidden)),
  refused('chunks and length', request(['Transfer-Encoding: chunked', 'Content-Length: 4'], chunkedHidden)),
  refused('two lengths that differ', request(['Content-Length: 0', length(hidden)], hidden)),
  refused('two lengths that differ in one line', request([`Content-Length: 0, ${hidden.length}`], hidden)),
  refused('a length with a sign', request([`Content-Length: +${hidden.length}`], hidden)),
  refused('a negative length', request(['Content-Length: -1'], hidden)),
  refused('a length in hexadecimal', request(['Content-Length: 0x0'], hidden)),
  refused('a length with a space inside', request(['Content-Length: 0 0'], hidden)),
  refused('a length beyond 64 bits', request(['Content-Length: 18446744073709551616'], hidden)),
  refused('an empty length', request(['Content-Length: '], hidden)),
  refused('a length in a folded line', request(['Content-Length:', ` ${hidden.length}`], hidden)),
  refused('an encoding nobody knows', request(['Transfer-Encoding: xchunked'], chunkedHidden)),
  refused('an encoding nobody knows, and a length', request(['Transfer-Encoding: xchunked', 'Content-Length: 4'], chunkedHidden)),
  refused('chunks that are not the last encoding', request(['Transfer-Encoding: chunked, identity'], chunkedHidden)),
  refused('chunks twice', request(['Transfer-Encoding: chunked, chunked'], chunkedHidden)),
  refused('chunks twice in two lines', request(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunkedHidden)),
  refused('chunks and identity in two lines', request(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunkedHidden)),
  refused('chunks after a vertical tab', request(['Transfer-Encoding: \x0bchunked'], chunkedHidden)),
  refused('chunks in quotation marks', request(['Transfer-Encoding: "chunked"'], chunkedHidden)),
  refused('chunks in a folded line', request(['Transfer-Encoding:', ' chunked'], chunkedHidden)),
  refused('chunks, asked of HTTP/1.0', request(['Transfer-Encoding: chunked'], chunkedHidden, 'POST /attempt HTTP/1.0')),
  refused('a space before the colon', request(['Transfer-Encoding : chunked', 'Content-Length: 4'], chunkedHidden)),
  refused('a space before the name', request([' Transfer-Encoding: chunked', 'Content-Length: 4'], chunkedHidden)),
  refused('a name with a null', request(['Transfer-Encoding\0: chunked', 'Content-Length: 4'], chunkedHidden)),
  refused('a header without a colon', request(['Transfer-Encoding chunked', 'Content-Length: 4'], chunkedHidden)),
  refused('a folded line', request(['X-Folded: a', ' b', 'Content-Length: 0'], hidden)),
  refused('lines that end with LF alone', `POST /attempt HTTP/1.1\n${host}\nContent-Length: 0\n\n${hidden}`),
  refused('one line that ends with LF alone', request(['X-One: 1\nTransfer-Encoding: chunked', 'Content-Length: 0'], hidden)),
  refused('a head that ends with LF alone', `POST /attempt HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\n\n${hidden}`),
  refused('a line that ends with CR alone', request(['X-One: 1\rTransfer-Encoding: chunked', 'Content-Length: 0'], hidden)),
  refused('a null in a value', request(['X-Null: a\0b', 'Content-Length: 0'], hidden)),
  refused('two hosts', request(['Host: other.gateway.test', 'Content-Length: 0'], hidden)),
  refused('no host', `POST /attempt HTTP/1.1\r\nContent-Length: 0\r\n\r\n${hidden}`),
  refused('a host with an at sign', `POST /attempt HTTP/1.1\r\nHost: press-07.gateway.test@other\r\nContent-Length: 0\r\n\r\n${hidden}`),
  refused('a path with a control character', request(['Content-Length: 0'], hidden, 'POST /attempt\x01 HTTP/1.1')),
  refused('a second space in the first line', request(['Content-Length: 0'], hidden, 'POST /attempt /other HTTP/1.1')),
  refused('HTTP/0.9', `GET /attempt\r\n\r\n${hidden}`),
  refused('HTTP/2 by its preface', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`),
  refused('a way to another host', `CONNECT other.test:80 HTTP/1.1\r\nHost: press-07.gateway.test\r\n\r\n${hidden}`),
  refused('a method with a colon', request(['Content-Length: 0'], hidden, 'PO:ST /attempt HTTP/1.1')),
  once('a length that Connection would take away', request([length(hidden), 'Connection: content-length'], hidden)),
  once('chunks that Connection would take away', request(['Transfer-Encoding: chunked', 'Connection: transfer-encoding'], chunked(hidden))),
  once('a length twice alike', request([length(hidden), length(hidden)], hidden)),
  once('a body of GET', request([length(hidden)], hidden, 'GET /attempt HTTP/1.1')),
  once('a body of HEAD', request([length(hidden)], hidden, 'HEAD /attempt HTTP/1.1')),
  once(
    'an upgrade to HTTP/2 that has a body',
    request(['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', length(hidden)], hidden),
  ),
  once('an upgrade to WebSocket that has a body', request(['Connection: Upgrade', 'Upgrade: websocket', length(hidden)], hidden)),
  once('chunks in other letters', request(['Transfer-Encoding: CHUNKED'], chunked(hidden))),
  once(
    'a chunk with an extension',
    request(['Transfer-Encoding: chunked'], `${hidden.length.toString(16)};a="0\\r\\n"\r\n${hidden}\r\n0\r\n\r\n`),
  ),
  once(
    'a chunk whose size has zeros before it',
    request(['Transfer-Encoding: chunked'], `000${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`),
  ),
  once(
    'trailers that are a length',
    request(['Transfer-Encoding: chunked'], `5\r\nwhole\r\n0\r\nContent-Length: ${hidden.length}\r\n\r\n`),
  ),
];

/** Chunks whose framing breaks after the head was good: the service may have heard the beginning, never a whole request nor the hidden one. */
export const brokenChunks: readonly { readonly name: string; readonly bytes: string }[] = [
  ['a size in decimal with 0x', `0x5\r\nwhole\r\n${chunkedHidden}`],
  ['a negative size', `-5\r\nwhole\r\n${chunkedHidden}`],
  ['a size beyond 64 bits', `10000000000000005\r\nwhole\r\n${chunkedHidden}`],
  ['a size with a space', `5 5\r\nwhole\r\n${chunkedHidden}`],
  ['a size that ends with LF alone', `5\nwhole\r\n${chunkedHidden}`],
  ['a chunk that is longer than its size', `5\r\nwholeXX${chunkedHidden}`],
  ['a chunk that ends with LF alone', `5\r\nwhole\n${chunkedHidden}`],
  ['an extension with LF alone', `5;a\n${hidden}\r\nwhole\r\n${chunkedHidden}`],
  ['no size', `\r\n${chunkedHidden}`],
].map(([name = '', body = '']) => ({ name, bytes: request(['Transfer-Encoding: chunked'], body) }));

function chunked(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
