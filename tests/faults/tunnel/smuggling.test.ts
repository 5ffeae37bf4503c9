/** Requests that hide another one, sent through a gateway to a service that takes anything; and answers that do the same. */
import { expect, test } from 'vitest';
import type { PublicTls } from '../../../src/main/node/tunnel/gateway/types.ts';
import { exchangeRaw, openRaw, openRawSecurely, startRawService } from '../../helpers/raw-http.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { startTunnel, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { brokenChunks, smuggled, smugglingAttempts } from './smuggling-attempts.ts';

const tls: PublicTls = { key: testCertificateKey, cert: testCertificate, contextFor: () => undefined };

/** How clients come in: each has its own gateway for all that is tried. */
const doors = [
  { door: 'the plain port', tls: undefined, open: openRaw },
  { door: 'the TLS port', tls, open: (port: number) => openRawSecurely(port, tunnelHost) },
] as const;

const publicSide = (own: PublicTls | undefined) => ({
  gateway: { public: { host: '127.0.0.1', port: 0, tls: own, domain: 'gateway.test' } },
});

/** Answers with the path that it was asked for. */
const echoPath = (head: string) => {
  const path = head.split(' ')[1] ?? '';
  return `HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`;
};

/** A body in chunks, and what comes after it. @returns undefined: it ends in the middle */
function chunksIn(bytes: string): { readonly body: string; readonly rest: string } | undefined {
  let body = '';
  for (let rest = bytes; rest !== ''; ) {
    const size = Number.parseInt(rest, 16);
    if (Number.isNaN(size)) throw new Error('a chunk without a size');
    rest = rest.slice(rest.indexOf('\r\n') + 2);
    if (size === 0) return { body, rest: rest.slice(rest.indexOf('\r\n') + 2) };
    body += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  return undefined;
}

/** What a service that keeps the rules sees in the bytes that came. @throws Error when they can be read in two ways */
function requestsIn(bytes: string): readonly { readonly path: string; readonly body: string }[] {
  const requests: { path: string; body: string }[] = [];
  for (let rest = bytes; rest !== ''; ) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) throw new Error('a head without an end');
    const lines = rest.slice(0, headEnd).split('\r\n');
    if (lines.some((line) => /[\r\n\0]|^\s/.test(line))) throw new Error('control characters in a head');
    const values = (name: string) =>
      lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
    const framings = [...values('content-length'), ...values('transfer-encoding')];
    if (framings.length > 1) throw new Error(`framed as ${framings.join(' and ')}`);
    rest = rest.slice(headEnd + 4);
    let body = '';
    if (framings[0] === 'chunked') {
      const read = chunksIn(rest);
      // It was broken off before its body was whole: the service never takes it for a request.
      if (read === undefined) return requests;
      ({ body, rest } = read);
    } else if (framings[0] !== undefined) {
      body = rest.slice(0, Number(framings[0]));
      rest = rest.slice(Number(framings[0]));
    }
    requests.push({ path: lines[0]?.split(' ')[1] ?? '', body });
  }
  return requests;
}

const honest = (number: number) => `GET /honest-${number} HTTP/1.1\r\nHost: press-07.gateway.test\r\nConnection: close\r\n\r\n`;

test.each(doors)(
  'no request through $door that hides another is taken for two, and who asks next gets the own answer',
  async ({ tls: own, open }) => {
    const service = await startRawService(echoPath);
    const { publicPort } = await startTunnel(service.target, publicSide(own));
    const wrong: string[] = [];
    for (const [number, { name, expected, bytes }] of smugglingAttempts.entries()) {
      const before = service.received.length;
      const client = await open(publicPort);
      client.send(bytes);
      const answer = await client.answer(bytes.startsWith('HEAD') ? 'HEAD' : 'POST').catch(() => undefined);
      const next = await exchangeRaw(publicPort, honest(number), { open });
      client.socket.destroy();
      if (next?.body.toString() !== `/honest-${number}`) wrong.push(`${name}: the next request got ${next?.status} ${next?.body}`);
      const asked = service.received.join('').split(`/honest-${number}`).length - 1;
      if (asked !== 1) wrong.push(`${name}: the next request came ${asked} times`);
      const got = service.received.slice(before === 0 ? 0 : before - 1).join('');
      const isRefused = answer === undefined || answer.status >= 400;
      if (expected === 'refused' && (!isRefused || got.includes('/attempt'))) wrong.push(`${name}: answered ${answer?.status}`);
    }
    expect(wrong).toEqual([]);
    for (const received of service.received) {
      for (const { path, body } of requestsIn(received)) {
        expect(path).toMatch(/^\/(attempt|honest-\d+)$/);
        if (body !== '') expect([...smugglingAttempts.map(({ bytes }) => bytes), 'whole'].some((bytes) => bytes.includes(body))).toBe(true);
      }
    }
  },
);

test.each(doors)('a body through $door whose chunks are broken reaches the service as no whole request', async ({ tls: own, open }) => {
  const service = await startRawService(() => '');
  const { publicPort } = await startTunnel(service.target, publicSide(own));
  for (const { name, bytes } of brokenChunks) {
    const client = await open(publicPort);
    client.send(bytes);
    const answer = await client.answer().catch(() => undefined);
    expect(answer?.status ?? 400, name).toBeGreaterThanOrEqual(400);
    client.socket.destroy();
  }
  for (const received of service.received) {
    expect(received).not.toContain(smuggled);
    expect(received).not.toMatch(/0\r\n\r\n$/);
  }
});

const ok = 'HTTP/1.1 200 OK';

const badAnswers: readonly (readonly [name: string, bytes: string])[] = [
  ['with two lengths', `${ok}\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nok`],
  ['with length and chunks', `${ok}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['in folded lines', `${ok}\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok`],
  ['with LF alone', `${ok}\r\nX-A: a\nX-B: b\r\nContent-Length: 2\r\n\r\nok`],
  ['with CR in a value', `${ok}\r\nX-A: a\rSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok`],
  ['with a null in a value', `${ok}\r\nX-A: a\0\r\nContent-Length: 2\r\n\r\nok`],
  ['with a status of no number', 'HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['with a negative length', `${ok}\r\nContent-Length: -2\r\n\r\nok`],
  ['that is none', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['that a chunk breaks', `${ok}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`],
  ['that ends early', `${ok}\r\nContent-Length: 20\r\nConnection: close\r\n\r\nok`],
];

test('an answer that breaks the rules is an error or breaks off, and is never a whole good one', async () => {
  const service = await startRawService((head, socket) => {
    if (head.includes('/honest')) return echoPath(head);
    socket.end(Buffer.from(badAnswers[Number(head.split(/[ /]/)[2])]?.[1] ?? '', 'latin1'));
    return '';
  });
  const { publicPort } = await startTunnel(service.target);
  for (const [number, [name]] of badAnswers.entries()) {
    const answer = await exchangeRaw(publicPort, `GET /${number} HTTP/1.1\r\nHost: press-07.gateway.test\r\n\r\n`);
    expect(answer === undefined || answer.status === 502 || !answer.complete, `${name}: ${JSON.stringify(answer)}`).toBe(true);
    expect((await exchangeRaw(publicPort, honest(number)))?.body.toString(), name).toBe(`/honest-${number}`);
  }
});

test('an answer that is followed by another one gives nobody that other one', async () => {
  const stolen = `${ok}\r\nContent-Length: 6\r\n\r\nstolen`;
  const service = await startRawService((head) =>
    head.includes('/honest') ? echoPath(head) : `${ok}\r\nContent-Length: 2\r\n\r\nok${stolen}`,
  );
  const { publicPort } = await startTunnel(service.target);
  for (let round = 0; round < 5; round++) {
    const answer = await exchangeRaw(publicPort, 'GET /attempt HTTP/1.1\r\nHost: press-07.gateway.test\r\n\r\n');
    expect(answer?.body.toString()).toBe('ok');
    expect((await exchangeRaw(publicPort, honest(round)))?.body.toString()).toBe(`/honest-${round}`);
  }
});
