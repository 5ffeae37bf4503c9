/** From the outcome of an operation to a frame in the form in which the request came. */
import { type ErrorShape, SignalboxError } from '../../../../common/errors.ts';
import { asBuffer } from '../machine/bytes.ts';
import { encodeRunsOf } from '../machine/segment.ts';
import type { QueueMessage } from '../machine/types.ts';
import { encodeBinary, frameTypes } from './binary-frame.ts';
import type { FrameForm } from './connection-reader.ts';
import { protocolLimits } from './limits.ts';

/** What an operation answers: its fields, and messages apart from them. */
export interface Answer {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly messages?: readonly QueueMessage[];
  /** In JSON the fields of the one message stand in the answer itself, as the first system has it. */
  readonly single?: boolean;
  /** In JSON only the beginning of longer data is given, as text, with `cut: true`. */
  readonly previewBytes?: number | undefined;
  /** In JSON the bytes from there on are given, `previewBytes` at most, in the place of the data. */
  readonly dataOffset?: number | undefined;
}

/** How much of a message's data is shown, as an {@link Answer} says. */
export type Shown = Pick<Answer, 'previewBytes' | 'dataOffset'>;

/** Where an answer goes. */
export interface AnswerTo {
  readonly form: FrameForm;
  /** Of the frame, in binary form. */
  readonly frameRequestId: number;
  /** `request_id` of the request. */
  readonly requestId: string | number | undefined;
  readonly clamped?: Readonly<Record<string, number>> | undefined;
}

/** A message as a program without a shared memory sees it, under its names on the wire. */
export interface WireMessage {
  readonly sequence_num: number;
  readonly time_ms: number;
  readonly client_id: string;
  readonly size_bytes: number;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly encoding?: 'base64';
  readonly cut?: true;
  /** Absent with `part`. */
  readonly data?: unknown;
  /** Bytes from the offset that was asked for, base64; `cut` when there are more. */
  readonly part?: string;
}

/** An answer as a frame, in pieces. */
export function encodeAnswer(answer: Answer, to: AnswerTo): readonly Uint8Array[] {
  const fields = {
    status: 'success',
    ...(to.requestId !== undefined && { request_id: to.requestId }),
    ...answer.fields,
    ...(to.clamped !== undefined && { clamped: to.clamped }),
  };
  if (to.form !== 'binary') return textFrame(withMessages(fields, answer), to.form);
  return encodeBinary(frameTypes.answer, to.frameRequestId, fields, runsOf(answer));
}

/** Something that comes without being asked for: `DELIVERY`, `SUBSCRIPTION_ENDED`, `CLUSTER_UPDATE`; `operation` is in the fields. */
export function encodePush(push: Answer, form: FrameForm): readonly Uint8Array[] {
  if (form !== 'binary') return textFrame(withMessages(push.fields, push), form);
  return encodeBinary(frameTypes.push, 0, push.fields, runsOf(push));
}

/** A refusal as a frame. @param extra beside code and message: `leader`, `retry_after_ms` */
export function encodeError(error: ErrorShape, to: AnswerTo, extra: Readonly<Record<string, unknown>> = {}): readonly Uint8Array[] {
  const { code, message, executed, data } = error;
  const known = { ...(executed !== undefined && { executed }), ...(data !== undefined && { data }) };
  const fields = { status: 'error', code, message, ...known, ...extra };
  const identified = to.requestId === undefined ? fields : { ...fields, request_id: to.requestId };
  if (to.form !== 'binary') return textFrame(JSON.stringify(identified), to.form);
  return encodeBinary(frameTypes.answer, to.frameRequestId, identified);
}

/** A message as a value, its data parsed or as base64 text. */
export function toWireMessage(message: QueueMessage, shownOf: Shown = {}): WireMessage {
  const { data } = message;
  const { previewBytes, dataOffset } = shownOf;
  if (dataOffset !== undefined) return partOf(message, dataOffset, previewBytes ?? data.byteLength);
  const cut = previewBytes !== undefined && data.byteLength > previewBytes;
  const shown = asBuffer(cut ? data.subarray(0, previewBytes) : data);
  const json = message.encoding === 'json';
  return {
    ...headOf(message),
    ...(!json && { encoding: 'base64' as const }),
    ...(cut && { cut: true as const }),
    data: json ? (cut ? wholeCharacters(shown) : (JSON.parse(shown.toString('utf8')) as unknown)) : shown.toString('base64'),
  };
}

/** The bytes of a message as they are stored, from an offset on. */
function partOf(message: QueueMessage, offset: number, mostBytes: number): WireMessage {
  const { data, encoding } = message;
  return {
    ...headOf(message),
    ...(encoding !== 'json' && { encoding: 'base64' as const }),
    ...(offset + mostBytes < data.byteLength && { cut: true as const }),
    part: asBuffer(data.subarray(offset, offset + mostBytes)).toString('base64'),
  };
}

function headOf(message: QueueMessage): Omit<WireMessage, 'data' | 'part'> {
  return {
    sequence_num: message.sequence,
    time_ms: message.timeMs,
    client_id: message.clientId,
    size_bytes: message.data.byteLength,
    ...(message.key !== null && { key: message.key }),
    ...(Object.keys(message.headers).length > 0 && { headers: message.headers }),
  };
}

/** Text without the half character at its end, where the cut went through one. */
function wholeCharacters(bytes: Buffer): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: true });
}

/** JSON of fields and messages; data that are JSON go in as they were written. */
function withMessages(fields: Readonly<Record<string, unknown>>, answer: Answer): string {
  const head = JSON.stringify(fields);
  const { messages, single } = answer;
  if (messages === undefined) return head;
  const texts = messages.map((message) => messageText(message, answer));
  const rest = single === true ? (texts[0] as string).slice(1, -1) : `"messages":[${texts.join(',')}]`;
  return head === '{}' ? `{${rest}}` : `${head.slice(0, -1)},${rest}}`;
}

function messageText(message: QueueMessage, shown: Shown): string {
  const { previewBytes = Number.MAX_SAFE_INTEGER, dataOffset } = shown;
  if (message.encoding !== 'json' || dataOffset !== undefined || message.data.byteLength > previewBytes)
    return JSON.stringify(toWireMessage(message, shown));
  return `${JSON.stringify(headOf(message)).slice(0, -1)},"data":${asBuffer(message.data).toString('utf8')}}`;
}

function textFrame(text: string, form: 'json' | 'line'): readonly Uint8Array[] {
  // An end of a line inside JSON can only be a blank between its parts.
  if (form === 'line') return [Buffer.from(`${text.replace(/[\r\n]/g, ' ')}\n`, 'utf8')];
  const bodyBytes = Buffer.byteLength(text);
  if (bodyBytes > 2 * protocolLimits.frameBytes)
    throw new SignalboxError('TOO_LARGE', `An answer of ${bodyBytes} bytes is too large to be sent. Ask for less.`);
  const frame = Buffer.allocUnsafe(4 + bodyBytes);
  frame.writeUInt32BE(bodyBytes);
  frame.write(text, 4, 'utf8');
  return [frame];
}

function runsOf({ messages }: Answer): readonly Uint8Array[] {
  return messages === undefined || messages.length === 0 ? [] : [encodeRunsOf(messages)];
}
