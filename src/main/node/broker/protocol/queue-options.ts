/** Options of a queue: their names on the wire, their defaults, and the state machine's form. */
import type { z } from 'zod';
import type { QueueOptions } from '../machine/types.ts';
import type { wireOptionsSchema } from './operations.ts';

export type WireOptions = z.output<typeof wireOptionsSchema>;

/** What a queue is when nothing is said: everything is kept, messages of up to 1 MiB, operators append, viewers read. */
export const defaultQueueOptions: QueueOptions = {
  maxMessages: null,
  maxBytes: null,
  maxAgeMs: null,
  maxMessageBytes: 1_048_576,
  overflow: 'dropOldest',
  readRole: 'viewer',
  appendRole: 'operator',
};

/** @param base what holds where nothing is said: the defaults, or the options the queue has */
export function fromWireOptions(wire: WireOptions, base: QueueOptions = defaultQueueOptions): QueueOptions {
  return {
    maxMessages: wire.max_messages === undefined ? base.maxMessages : wire.max_messages,
    maxBytes: wire.max_bytes === undefined ? base.maxBytes : wire.max_bytes,
    maxAgeMs: wire.max_age_ms === undefined ? base.maxAgeMs : wire.max_age_ms,
    maxMessageBytes: wire.max_message_bytes ?? base.maxMessageBytes,
    overflow: wire.overflow ?? base.overflow,
    readRole: wire.read_role ?? base.readRole,
    appendRole: wire.append_role ?? base.appendRole,
  };
}

export function toWireOptions(options: QueueOptions): Required<WireOptions> {
  return {
    max_messages: options.maxMessages,
    max_bytes: options.maxBytes,
    max_age_ms: options.maxAgeMs,
    max_message_bytes: options.maxMessageBytes,
    overflow: options.overflow,
    read_role: options.readRole,
    append_role: options.appendRole,
  };
}
