import { expect, test } from 'vitest';
import { z } from 'zod';
import { toHar } from '../../../../src/common/http-exchange/index.ts';
import { bodyOf, detailOf, withBody } from './exchanges.ts';

/** What HTTP Archive 1.2 says, as its JSON schema does (ahmadnassri/har-schema): required fields, types, and fields of our own with `_` alone. */
const pair = z.strictObject({ name: z.string(), value: z.string(), comment: z.string().optional() });
const own = <T extends z.ZodRawShape>(shape: T) =>
  z
    .object({ ...shape, comment: z.string().optional() })
    .catchall(z.unknown())
    .superRefine((value, context) => {
      for (const key of Object.keys(value))
        if (!(key in shape) && key !== 'comment' && !key.startsWith('_')) context.addIssue({ code: 'custom', message: `Unknown: ${key}` });
    });
const httpArchive = own({
  log: own({
    version: z.literal('1.2'),
    creator: own({ name: z.string(), version: z.string() }),
    entries: z.array(
      own({
        startedDateTime: z.iso.datetime(),
        time: z.number().min(0),
        request: own({
          method: z.string(),
          url: z.url(),
          httpVersion: z.string(),
          cookies: z.array(pair),
          headers: z.array(pair),
          queryString: z.array(pair),
          postData: own({ mimeType: z.string(), text: z.string(), params: z.array(pair).optional() }).optional(),
          headersSize: z.int(),
          bodySize: z.int(),
        }),
        response: own({
          status: z.int(),
          statusText: z.string(),
          httpVersion: z.string(),
          cookies: z.array(pair),
          headers: z.array(pair),
          content: own({
            size: z.int(),
            mimeType: z.string(),
            compression: z.int().optional(),
            text: z.string().optional(),
            encoding: z.string().optional(),
          }),
          redirectURL: z.string(),
          headersSize: z.int(),
          bodySize: z.int(),
        }),
        cache: own({}),
        timings: own({
          blocked: z.number().min(-1),
          send: z.number().min(0),
          wait: z.number().min(0),
          receive: z.number().min(0),
        }),
      }),
    ),
  }),
});

test('An archive is what the format says', () => {
  const har = toHar(
    [
      detailOf({ path: '/orders?page=2&q=a%20b&token=[redacted]', responseBody: bodyOf('[1]'), responseBytes: 3 }),
      withBody('{"a":1}', { requestHeaders: [['Content-Type', 'application/json']], redacted: ['cookie'], replayOf: 'R-0' }),
      withBody(Uint8Array.from([0, 255])),
      detailOf({
        status: null,
        error: 'The local service could not be reached.',
        timings: { tunnelInMs: null, toAgentMs: null, waitMs: null, replyMs: null },
      }),
    ],
    'https',
    '1.0.0',
  );
  expect(httpArchive.parse(JSON.parse(JSON.stringify(har)))).toEqual(har);
  const [get, post, bytes, broken] = har.log.entries;
  expect(get).toMatchObject({
    startedDateTime: '2023-11-14T22:13:20.000Z',
    time: 12,
    request: {
      url: 'https://press-07.example/orders?page=2&q=a%20b&token=[redacted]',
      queryString: [
        { name: 'page', value: '2' },
        { name: 'q', value: 'a b' },
        { name: 'token', value: '[redacted]' },
      ],
    },
    response: { content: { size: 3, text: '[1]' } },
  });
  expect(post).toMatchObject({
    request: { postData: { mimeType: 'application/json', text: '{"a":1}' } },
    comment: 'Hidden: cookie.',
    _replayOf: 'R-0',
  });
  expect(bytes?.request.postData).toEqual({ mimeType: 'application/octet-stream', text: 'AP8=', _encoding: 'base64' });
  expect(broken).toMatchObject({ response: { status: 0, bodySize: -1 }, time: 0, comment: 'The local service could not be reached.' });
});

test('The time of an entry is the sum of its known timings', () => {
  for (const { time, timings } of toHar([detailOf()], 'http', '1').log.entries)
    expect(time).toBe(Object.values(timings).reduce((sum, part) => sum + Math.max(part, 0), 0));
});

test('A body that was cut off or packed says so', () => {
  const gzip = detailOf({
    responseHeaders: [
      ['Content-Type', 'text/html'],
      ['Content-Encoding', 'gzip'],
    ],
    responseBody: bodyOf(Uint8Array.from([0x1f, 0x8b]), 900),
    responseBytes: 900,
  });
  expect(toHar([gzip], 'http', '1').log.entries[0]?.response.content).toEqual({
    size: 900,
    mimeType: 'text/html',
    text: 'H4s=',
    encoding: 'base64',
    comment: 'Only the beginning of 900 bytes was kept. As it was sent, packed with gzip.',
  });
  expect(toHar([detailOf({ responseBytes: 5 })], 'http', '1').log.entries[0]?.response.content).toEqual({
    size: 5,
    mimeType: 'x-unknown',
    comment: 'The body was not kept.',
  });
});
