import { expect, test } from 'vitest';
import { addressOf, bodyContent, type HeaderList, packedWithOf, schemeOf } from '../../../../src/common/http-exchange/index.ts';
import { bodyOf } from './exchanges.ts';

test('A body is JSON, text or bytes, as it says and as it looks', () => {
  expect(bodyContent(bodyOf('{"a":1}'), [])).toMatchObject({ binary: false, text: '{"a":1}', json: { value: { a: 1 } }, packedWith: [] });
  expect(bodyContent(bodyOf('{"a":'), [])).toMatchObject({ binary: false, json: undefined });
  expect(bodyContent(bodyOf('{"a":1}', 900), [])).toMatchObject({ json: undefined });
  expect(bodyContent(bodyOf(Uint8Array.from([0, 1])), [])).toMatchObject({ binary: true });
  expect(bodyContent(bodyOf(Uint8Array.from([0xff, 0x41])), [['content-type', 'text/plain; charset=latin1']])).toMatchObject({
    binary: false,
  });
});

test('A packed body alone is bytes, and what it is packed with is said', () => {
  const packed = bodyContent(bodyOf(Uint8Array.from([31, 139])), [['Content-Encoding', 'identity, GZIP']]);
  expect(packed).toMatchObject({ binary: true, text: '', packedWith: ['gzip'] });
  expect([...packed.bytes]).toEqual([31, 139]);
});

test('What came out of a packed body is read like any other', () => {
  const headers: HeaderList = [
    ['Content-Type', 'application/json'],
    ['Content-Encoding', 'gzip'],
  ];
  const packed = bodyOf(Uint8Array.from([31, 139]));
  const bytes = new TextEncoder().encode('{"a":1}');
  expect(bodyContent(packed, headers, { bytes, end: 'whole' })).toMatchObject({
    text: '{"a":1}',
    json: { value: { a: 1 } },
    binary: false,
  });
  // Half a number would be shown as one.
  expect(bodyContent(packed, headers, { bytes, end: 'limit' })).toMatchObject({ text: '{"a":1}', json: undefined, binary: false });
  expect(packedWithOf(headers)).toEqual(['gzip']);
});

test('The address is the one that the client asked for', () => {
  expect(addressOf({ host: 'press-07.example:8082', path: '/a?b' }, 'http')).toBe('http://press-07.example:8082/a?b');
  expect(addressOf({ host: '', path: '*' }, 'https')).toBe('https://localhost/*');
  expect(schemeOf(['https://press-07.example/'])).toBe('https');
  expect(schemeOf([])).toBe('http');
});
