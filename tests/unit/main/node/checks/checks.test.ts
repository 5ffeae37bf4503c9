import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { brokerFix, checkBroker } from '../../../../../src/main/node/checks/broker.ts';
import { checkClock, writtenMs } from '../../../../../src/main/node/checks/clock.ts';
import { checkKeyStore } from '../../../../../src/main/node/checks/key-store.ts';
import { checkConsole, checkExposure, checkLinks } from '../../../../../src/main/node/checks/listeners.ts';
import { portFault } from '../../../../../src/main/node/checks/port.ts';

const http = { name: 'http', address: '127.0.0.1', port: 8080, state: 'listening', detail: null } as const;
const door = { name: 'node links', address: '0.0.0.0', port: 7422, state: 'listening', detail: 'TLS 1.3, 10.0.0.4:7422' } as const;
const closed = { listener: undefined, mode: 'auto', host: '0.0.0.0', port: 7422, portFault: async () => undefined } as const;

test('a port that another program holds is found by taking it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await portFault('127.0.0.1', port)).toBe('EADDRINUSE');
  expect(await portFault('127.0.0.1', 0)).toBeUndefined();
  // TEST-NET-1: no machine has it.
  expect(await portFault('192.0.2.1', 0)).toBe('EADDRNOTAVAIL');
});

test('the door for other nodes: open, free, taken, off, for this machine alone', async () => {
  expect(await checkLinks({ ...closed, listener: door })).toMatchObject({ state: 'pass', detail: 'TLS 1.3, 10.0.0.4:7422' });
  expect(await checkLinks(closed)).toMatchObject({ state: 'pass', title: 'The port 7422 for other nodes is free' });
  expect(await checkLinks({ ...closed, portFault: async () => 'EADDRINUSE' })).toMatchObject({
    state: 'fail',
    detail: 'It could not be taken: another program holds it.',
  });
  expect((await checkLinks({ ...closed, portFault: async () => 'EADDRNOTAVAIL' })).fix).toContain('links.host');
  expect(await checkLinks({ ...closed, mode: 'off' })).toMatchObject({ state: 'warn' });
  const local = await checkLinks({ ...closed, host: '127.0.0.1' });
  expect(local).toMatchObject({ state: 'warn', view: '/settings?section=network' });
  expect(local.fix).toContain('0.0.0.0');
});

test('the console: listening, failed, off on purpose', () => {
  expect(checkConsole(http).state).toBe('pass');
  expect(checkConsole({ ...http, state: 'failed', detail: 'It is in use.' })).toMatchObject({ state: 'fail', detail: 'It is in use.' });
  const unusable = { ...http, state: 'failed', detail: 'http.tlsKeyFile: the file key.pem cannot be read.' } as const;
  expect(checkConsole(unusable)).toMatchObject({ state: 'fail', title: expect.stringContaining('certificate') });
  expect(checkConsole({ ...http, state: 'off', address: null, port: null }).state).toBe('pass');
});

test('what is open beyond this computer is named', () => {
  expect(checkExposure([http]).title).toBe('No listener is open beyond this computer');
  expect(checkExposure([http, door]).title).toContain('node links at 0.0.0.0:7422');
  expect(checkExposure([{ ...http, address: '0.0.0.0', detail: 'https://10.0.0.4:8080' }]).state).toBe('pass');
  expect(checkExposure([{ ...http, address: '0.0.0.0', detail: 'http://10.0.0.4:8080' }])).toMatchObject({
    state: 'warn',
    fix: expect.stringContaining('http.tls'),
  });
});

test('the clock is judged by the median of the others, by what was written before, and by the system', () => {
  const base = { nowMs: Date.UTC(2026, 0, 2), offsets: [], lastWrittenMs: undefined, synchronized: undefined };
  const offsets = (...ms: number[]) => ms.map((clockOffsetMs, at) => ({ name: `node-${at}`, clockOffsetMs }));
  expect(checkClock(base).state).toBe('unknown');
  expect(checkClock({ ...base, synchronized: true }).state).toBe('pass');
  expect(checkClock({ ...base, synchronized: false }).state).toBe('warn');
  expect(checkClock({ ...base, offsets: offsets(10, -20, 900_000) })).toMatchObject({
    state: 'pass',
    title: expect.stringContaining('10 ms'),
  });
  expect(checkClock({ ...base, offsets: offsets(-2_400) })).toMatchObject({ state: 'warn', title: 'The clock is 2.4 s ahead of node-0' });
  expect(checkClock({ ...base, offsets: offsets(130_000) }).state).toBe('fail');
  expect(checkClock({ ...base, lastWrittenMs: Date.UTC(2026, 0, 3), synchronized: true }).state).toBe('fail');
});

test('the time of a file that is not there is not known', async () => {
  expect(await writtenMs(import.meta.filename)).toBeGreaterThan(0);
  expect(await writtenMs('/nowhere/identity.json')).toBeUndefined();
});

test('a key under file permissions alone is to be looked at', () => {
  expect(checkKeyStore('key-file').state).toBe('warn');
  expect(checkKeyStore('passphrase').state).toBe('pass');
  expect(checkKeyStore('safe-storage').state).toBe('pass');
});

test('the broker: none, embedded, another one with and without TLS', () => {
  const external = { mode: 'external', url: 'mqtts://broker.example:8883', state: 'connected', error: null } as const;
  expect(checkBroker({ mode: 'off' }).state).toBe('pass');
  expect(checkBroker({ mode: 'hub', url: 'mqtt://127.0.0.1:7421', fault: null }).state).toBe('pass');
  expect(checkBroker({ mode: 'hub', url: '', fault: 'The port is taken.' })).toMatchObject({ state: 'fail', detail: 'The port is taken.' });
  expect(checkBroker(external).detail).toBe('Its certificate is valid.');
  expect(checkBroker({ ...external, url: 'mqtt://127.0.0.1:1883' }).state).toBe('pass');
  expect(checkBroker({ ...external, url: 'mqtt://10.0.0.9:1883' }).state).toBe('warn');
  expect(checkBroker({ ...external, state: 'connecting' }).state).toBe('unknown');
  expect(checkBroker({ ...external, state: 'waiting', error: 'certificate has expired' })).toMatchObject({ state: 'fail' });
});

test.each([
  ['certificate has expired', 'has ended'],
  ['self-signed certificate', 'federation.caFile'],
  ["Hostname/IP does not match certificate's altnames", 'another name'],
  ['connect ECONNREFUSED 10.0.0.9:8883', 'Nothing listens there'],
  ['Connection refused: Not authorized', 'federation.username'],
  ['something else', 'Look whether the broker runs'],
])('%s is answered with what mends it', (error, words) => {
  expect(brokerFix(error)).toContain(words);
});
