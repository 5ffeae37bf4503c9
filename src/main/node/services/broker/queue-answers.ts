/** What operations on queues answer (docs/broker-protocol.md), read into the results of the methods. */
import { z } from 'zod';
import type { ResultOf } from '../../../../common/contract/index.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { messagePart, messageView } from './message-view.ts';
import { optionsFromWire } from './wire-facts.ts';

export const createdQueue = z
  .object({ queue_id: z.string(), queue_name: z.string(), cluster_id: z.string(), created: z.boolean() })
  .transform((answer) => ({ queueId: answer.queue_id, name: answer.queue_name, groupId: answer.cluster_id, created: answer.created }));

export const messagePage = z
  .object({
    messages: z.array(messageView),
    scanned_from: z.number(),
    scanned_to: z.number(),
    scanned: z.number(),
    more: z.boolean(),
  })
  .transform((answer) => ({
    messages: answer.messages,
    scannedFrom: answer.scanned_from,
    scannedTo: answer.scanned_to,
    scanned: answer.scanned,
    more: answer.more,
  }));

export const takenMessages = z
  .object({
    messages: z.array(messageView).default([]),
    position: z.number(),
    repeated: z.boolean().default(false),
  })
  .transform(({ messages, position, repeated }) => ({ messages, position, repeated }));

export const clientPositions = z
  .object({
    positions: z.array(z.object({ client_id: z.string(), position: z.number(), lag: z.number(), updated_at_ms: z.number() })),
    complete: z.boolean(),
  })
  .transform((answer) => ({
    positions: answer.positions.map(({ client_id, position, lag, updated_at_ms }) => ({
      clientId: client_id,
      position,
      lag,
      updatedAt: updated_at_ms,
    })),
    complete: answer.complete,
  }));

export const removedMessages = z.object({ messages: z.number(), bytes: z.number() });

const rates = z.array(z.number().nullable());
export const queueSeries = z
  .object({ step_ms: z.number(), at: z.array(z.number()), in_per_second: rates, out_per_second: rates, messages: rates })
  .transform(({ step_ms, at, in_per_second, out_per_second, messages }) => ({
    stepMs: step_ms,
    at,
    inPerSecond: in_per_second,
    outPerSecond: out_per_second,
    messages,
  }));

export const appended = z
  .object({ sequence_num: z.number(), count: z.number(), repeated: z.boolean().default(false) })
  .transform(({ sequence_num, count, repeated }) => ({ firstSequence: sequence_num, count, repeated }));

export const queueOptions = z.object({ options: optionsFromWire });
export const position = z.object({ position: z.number() });
export const nothing = z.object({});

const wholeMessages = z.object({ messages: z.array(messageView) });
const messageParts = z.object({ messages: z.array(messagePart) });

/** Reads one message. @throws SignalboxError `NOT_FOUND` when the answer has not got it */
export function messageAt(sequence: number): (answer: unknown) => ResultOf<'queues.message'> {
  return (answer) => theOneAt(sequence, wholeMessages.parse(answer).messages);
}

/** Reads a part of one message. @throws SignalboxError `NOT_FOUND` when the answer has not got it */
export function partAt(sequence: number, offset: number): (answer: unknown) => ResultOf<'queues.messagePart'> {
  return (answer) => ({ ...theOneAt(sequence, messageParts.parse(answer).messages), offset });
}

function theOneAt<T extends { readonly sequence: number }>(sequence: number, messages: readonly T[]): T {
  const message = messages.find((candidate) => candidate.sequence === sequence);
  if (message !== undefined) return message;
  throw new SignalboxError('NOT_FOUND', `The queue holds no message ${sequence}: it was dropped, or is yet to come.`, { executed: 'no' });
}
