import { describe, expect, it } from 'vitest';
import type { QueueMessage } from '../../../../../../src/main/node/broker/machine/index.ts';
import { readRuns } from '../../../../../../src/main/node/broker/machine/index.ts';
import {
  type AnswerTo,
  decodeBinary,
  encodeAnswer,
  encodeError,
  encodePush,
  toWireMessage,
} from '../../../../../../src/main/node/broker/protocol/index.ts';

const message: QueueMessage = {
  sequence: 15,
  timeMs: 1_700_000_000_000,
  clientId: 'C-ABC12',
  key: null,
  headers: {},
  encoding: 'json',
  data: Buffer.from('{"n":\n123456789012345678901234567890}'),
};
const bytes: QueueMessage = { ...message, sequence: 16, key: 'k', headers: { a: 'b' }, encoding: 'bytes', data: Buffer.from([0, 255]) };
const to = (form: AnswerTo['form']): AnswerTo => ({ form, frameRequestId: 9, requestId: 'r' });
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).subarray(4).toString();

describe('answers', () => {
  it('gives one message as the first system has it, its JSON as it was written', () => {
    expect(text(encodeAnswer({ fields: {}, messages: [message], single: true }, to('json')))).toBe(
      '{"status":"success","request_id":"r","sequence_num":15,"time_ms":1700000000000,"client_id":"C-ABC12","size_bytes":37,"data":{"n":\n123456789012345678901234567890}}',
    );
  });

  it('gives several as a list, bytes as base64', () => {
    const answer = JSON.parse(text(encodeAnswer({ fields: { position: 16 }, messages: [message, bytes] }, to('json')))) as unknown;
    expect(answer).toMatchObject({
      position: 16,
      messages: [{ sequence_num: 15 }, { sequence_num: 16, encoding: 'base64', data: 'AP8=', key: 'k', headers: { a: 'b' } }],
    });
  });

  it('gives runs in binary form, and the request id in the frame', () => {
    const frame = decodeBinary(Buffer.concat(encodeAnswer({ fields: {}, messages: [message, bytes] }, to('binary'))).subarray(4));
    expect(frame).toMatchObject({ type: 2, requestId: 9, header: { status: 'success' } });
    expect(readRuns(frame.payload)).toEqual([message, bytes]);
  });

  it('keeps a line one line', () => {
    const line = Buffer.concat(encodeAnswer({ fields: {}, messages: [message], single: true }, to('line'))).toString();
    expect(line.indexOf('\n')).toBe(line.length - 1);
  });

  it('says what was lowered', () => {
    expect(JSON.parse(text(encodeAnswer({ fields: {}, messages: [] }, { ...to('json'), clamped: { max: 500 } })))).toEqual({
      status: 'success',
      request_id: 'r',
      clamped: { max: 500 },
      messages: [],
    });
  });

  it('cuts a preview between characters', () => {
    expect(toWireMessage({ ...message, data: Buffer.from('"aü"') }, { previewBytes: 3 })).toMatchObject({
      cut: true,
      data: '"a',
      size_bytes: 5,
    });
  });

  it('writes refusals and pushes', () => {
    const refusal = encodeError({ code: 'NOT_LEADER', message: 'Only leader B-00002 answers.', retryable: true }, to('json'), {
      leader: null,
    });
    expect(JSON.parse(text(refusal))).toEqual({
      status: 'error',
      code: 'NOT_LEADER',
      message: 'Only leader B-00002 answers.',
      leader: null,
      request_id: 'r',
    });
    expect(
      decodeBinary(Buffer.concat(encodePush({ fields: { operation: 'DELIVERY' }, messages: [message] }, 'binary')).subarray(4)),
    ).toMatchObject({
      type: 3,
      requestId: 0,
    });
  });
});
