import { describe, expect, it } from 'vitest';
import { decodeMessages, encodeMessages } from '../../../../../../src/main/node/broker/machine/records.ts';
import {
  type ClientRequest,
  decodeBinary,
  encodeBinary,
  frameTypes,
  operationRules,
  operationSchemas,
  RequestError,
  readRequest,
  readRequestObject,
} from '../../../../../../src/main/node/broker/protocol/index.ts';

const json = (value: unknown): ClientRequest =>
  readRequest({ form: 'json', text: typeof value === 'string' ? value : JSON.stringify(value) });
const messagesOf = ({ operation }: ClientRequest) => (operation.operation === 'APPEND' ? decodeMessages(operation.batch) : []);
const codeOf = (value: unknown): string => {
  try {
    json(value);
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
  return 'accepted';
};

describe('requests of the first system', () => {
  it('reads an integer appended under a queue id', () => {
    const request = json({ operation: 'APPEND', queue_name: 'Q-XYZ78ABCDE', data: 42, client_id: 'C-ABC12' });
    expect(request.operation).toMatchObject({ operation: 'APPEND', queue_name: 'Q-XYZ78ABCDE', client_id: 'C-ABC12' });
    expect(messagesOf(request).map(({ encoding, data }) => [encoding, Buffer.from(data).toString()])).toEqual([['json', '42']]);
  });

  it('reads READ, CREATE_QUEUE and CLUSTER_QUERY, and passes over fields that it does not know', () => {
    expect(json({ operation: 'READ', queue_name: 'orders', client_id: 'C-ABC123', colour: 'red' }).operation).toMatchObject({ wait_ms: 0 });
    expect(json({ operation: 'CREATE_QUEUE', client_id: 'C-ABC123' }).operation).toMatchObject({ options: {} });
    expect(json({ operation: 'CLUSTER_QUERY', client_id: 'C-ABC123' }).operation).toMatchObject({ operation: 'CLUSTER_QUERY' });
  });
});

describe('data', () => {
  it('keeps JSON as it was written', () => {
    const request = json('{"operation":"APPEND","queue_name":"q","data" : {"n": 123456789012345678901234567890, "t":"a\\u00e9, }"} }');
    expect(Buffer.from(messagesOf(request)[0]?.data ?? []).toString()).toBe('{"n": 123456789012345678901234567890, "t":"a\\u00e9, }"}');
  });

  it('keeps each message of a list as it was written', () => {
    const text =
      '{"messages":[ {"data":1.0,"key":"k"},{"headers":{"data":"x"},"data":[ "]" ]} ,{"d\\u0061ta":null}],"operation":"APPEND","queue_name":"q"}';
    expect(messagesOf(json(text)).map(({ data }) => Buffer.from(data).toString())).toEqual(['1.0', '[ "]" ]', 'null']);
  });

  it('takes bytes as base64, and refuses what is none', () => {
    const append = { operation: 'APPEND', queue_name: 'q', encoding: 'base64' };
    expect(messagesOf(json({ ...append, data: 'AP8=' }))[0]).toMatchObject({ encoding: 'bytes', data: Buffer.from([0, 255]) });
    for (const data of ['AP8', 'A!8=', 7, null]) expect(codeOf({ ...append, data })).toBe('INVALID_PARAMS');
  });

  it('reads a request that was never a frame', () => {
    const request = readRequestObject({ operation: 'APPEND', queue_name: 'q', messages: [{ data: { a: 1 } }] });
    expect(messagesOf(request).map(({ data }) => Buffer.from(data).toString())).toEqual(['{"a":1}']);
    expect(() => readRequestObject({ operation: 'APPEND', queue_name: 'q' })).toThrowError(RequestError);
  });
});

describe('binary requests', () => {
  const bodyOf = (header: Record<string, unknown>, payload: Uint8Array) =>
    decodeBinary(Buffer.concat(encodeBinary(frameTypes.request, 5, header, [payload])).subarray(4));
  const { data } = encodeMessages([{ key: 'k', headers: { a: 'b' }, encoding: 'json', data: Buffer.from('{"a":1}') }]);
  const append = { operation: 'APPEND', queue_name: 'q' };

  it('takes records without copying them', () => {
    const frame = bodyOf(append, data);
    const { operation } = readRequest({ form: 'binary', frame });
    expect(operation.operation === 'APPEND' && operation.batch.data.buffer).toBe(frame.payload.buffer);
  });

  it('reads the messages of each append, though the header is the same', () => {
    const other = encodeMessages([{ key: null, headers: {}, encoding: 'bytes', data: Buffer.from('other') }]).data;
    const read = [data, other, data].map((payload) =>
      readRequest({ form: 'binary', frame: bodyOf({ ...append, client_id: 'C' }, payload) }),
    );
    expect(read.map(({ operation }) => operation.operation === 'APPEND' && Buffer.compare(operation.batch.data, other) === 0)).toEqual([
      false,
      true,
      false,
    ]);
    expect(read[1]?.operation).toMatchObject({ queue_name: 'q', client_id: 'C' });
    expect(read.map(messagesOf).map(([first]) => first?.key)).toEqual(['k', null, 'k']);
  });

  it('refuses records whose lengths do not add up, whole (security.md row 33)', () => {
    const overrun = Buffer.from(data);
    overrun.writeUInt32BE(data.byteLength, 0);
    const inner = Buffer.from(data);
    inner.writeUInt32BE(0xffff_ffff, 10);
    const nested = Buffer.from(data);
    nested[4] = 9;
    const notJson = encodeMessages([{ key: null, headers: {}, encoding: 'json', data: Buffer.from('{"a":') }]).data;
    const many = Buffer.alloc(4 * 1_000_000);
    for (const payload of [overrun, inner, nested, notJson, many, Buffer.alloc(0)])
      expect(() => readRequest({ form: 'binary', frame: bodyOf(append, payload) })).toThrowError(RequestError);
    expect(() => readRequest({ form: 'binary', frame: bodyOf({ operation: 'PING' }, data) })).toThrowError(RequestError);
  });
});

describe('bounds (security.md row 32)', () => {
  const fetch = { operation: 'FETCH', queue_name: 'q' };

  it.each([-1, 1.5, 2 ** 53, '1', null])('refuses %s as a sequence', (from_sequence) => {
    expect(codeOf({ ...fetch, from_sequence })).toBe('INVALID_PARAMS');
  });

  it('refuses what JSON has no number for', () => {
    expect(codeOf('{"operation":"FETCH","queue_name":"q","from_sequence":NaN}')).toBe('BAD_REQUEST');
    expect(codeOf('{"operation":"FETCH","queue_name":"q","from_sequence":1e999}')).toBe('INVALID_PARAMS');
  });

  it('lowers a limit and says so', () => {
    const request = json({ ...fetch, max: 1e9 });
    expect(request.operation).toMatchObject({ max: 500 });
    expect(request.clamped).toEqual({ max: 500 });
    expect(json({ ...fetch, max: 20 }).clamped).toBeUndefined();
  });

  it('refuses two beginnings, an unknown operation, and what is no object', () => {
    expect(codeOf({ ...fetch, from: 'first', from_sequence: 1 })).toBe('INVALID_PARAMS');
    expect(codeOf({ operation: 'toString' })).toBe('METHOD_NOT_FOUND');
    expect(codeOf([])).toBe('INVALID_PARAMS');
    expect(codeOf('{"operation":"PING","operation":"PING"}')).toBe('INVALID_PARAMS');
  });

  it('carries the id of a request that is refused', () => {
    expect(() => json({ operation: 'FETCH', request_id: 'r1' })).toThrowError(expect.objectContaining({ requestId: 'r1' }));
  });
});

it('says of every operation who may ask for it', () => {
  expect(Object.keys(operationRules)).toEqual(Object.keys(operationSchemas));
});
