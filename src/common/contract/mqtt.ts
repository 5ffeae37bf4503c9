import { z } from 'zod';
import { defineService } from './define.ts';

export const mqttStatusSchema = z.object({
  mode: z.enum(['off', 'hub', 'external']),
  broker: z.string().nullable().describe('Address without password'),
  prefix: z.string(),
  acceptUnsigned: z.boolean().describe('Messages without proof of their sender are taken now'),
  unsignedRole: z.string().describe('The most that callers on other nodes may do here'),
  link: z.object({
    state: z.enum(['off', 'connecting', 'connected', 'waiting']),
    sinceMs: z.number().nullable().describe('Connected since, milliseconds since the epoch'),
    attempt: z.number().int().nullable(),
    retryInMs: z.number().nullable(),
    error: z.string().nullable(),
    certificate: z
      .object({
        check: z.enum(['chain', 'name', 'expiry', 'pin']).describe('Which check of the broker’s certificate failed'),
        shown: z.string().describe('SHA-256 of the public key that was shown: 64 hex digits'),
        expected: z.string().nullable().describe('The same of the pinned one'),
      })
      .nullable()
      .describe('Set while the broker is refused for its certificate'),
    unsentBytes: z.number(),
  }),
  epoch: z.number().int(),
  messages: z.object({ sent: z.number(), received: z.number(), refused: z.record(z.string(), z.number()).describe('By error code') }),
  calls: z.object({
    pending: z.number().describe('Of this node at others'),
    running: z.number().describe('Of other nodes here'),
    clients: z.number().describe('Nodes that have called'),
  }),
  events: z.object({
    followed: z.number().describe('Topics of other nodes followed here'),
    offered: z.number().describe('Topics of this node that others follow'),
    relayed: z.number(),
    dropped: z.number().describe('Not sent because the broker was too slow'),
    lost: z.number().describe('Sent by other nodes and never arrived'),
  }),
  outbox: z.object({ messages: z.number(), bytes: z.number(), dropped: z.number() }),
  hub: z
    .object({
      port: z.number().int().nullable(),
      clients: z.number().int(),
      published: z.number(),
      unsentBytes: z.number(),
      retained: z.number(),
      restarts: z.number().int(),
      refused: z.record(z.string(), z.number()).describe('Connections and packets refused, by reason'),
    })
    .nullable()
    .describe('The embedded broker, when this node runs it'),
});
export type MqttStatus = z.infer<typeof mqttStatusSchema>;

export const mqttContract = defineService({
  'mqtt.status': {
    params: z.strictObject({}),
    result: mqttStatusSchema,
    role: 'viewer',
    effect: 'read',
    help: 'The connection to the MQTT broker, what passes over it, and the embedded broker.',
    quiet: true,
  },
});
