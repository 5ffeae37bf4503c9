import { z } from 'zod';
import { setting } from './setting.ts';

/** The queue broker of the node. */
export const brokerSettings = {
  'broker.enabled': setting({
    schema: z.boolean(),
    group: 'Queues',
    title: 'Queues: broker on this node',
    help: 'On: this node keeps replicas of queues and listens for clients and other brokers. Creating a queue in the console turns it on.',
    fallback: () => false,
    applies: 'live',
  }),
  'broker.host': setting({
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'an IP address or a host name'),
    group: 'Queues',
    title: 'Queues: address to listen on',
    help: '127.0.0.1 is this machine alone; 0.0.0.0 is every address of it. Beyond this machine it is TLS only: clients need a token, brokers prove that they are members. A change restarts the broker.',
    fallback: () => '127.0.0.1',
    applies: 'live',
  }),
  'broker.port': setting({
    schema: z.number().int().min(0).max(65_535),
    group: 'Queues',
    title: 'Queues: port',
    help: 'Port for clients of queues and other brokers. 0 takes any free one. A change restarts the broker.',
    fallback: () => 9_401,
    applies: 'live',
  }),
  'broker.advertisedHost': setting({
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{0,253}$/, 'an IP address or a host name, or nothing'),
    group: 'Queues',
    title: 'Queues: address that others are told',
    help: 'Under which address clients and other brokers reach this one, when it is not the one listened on. Empty: found by itself. A change restarts the broker.',
    fallback: () => '',
    applies: 'live',
  }),
  'broker.profile': setting({
    schema: z.enum(['lan', 'field']),
    group: 'Queues',
    title: 'Queues: timing',
    help: 'lan: a leader that is gone is replaced after one to two seconds. field: after 15 to 30 seconds, for thin or unsteady links. The same on all brokers of a group. A change restarts the broker.',
    fallback: () => 'lan' as const,
    applies: 'live',
  }),
  'broker.anonymous': setting({
    schema: z.boolean(),
    group: 'Queues',
    title: 'Queues: programs of this machine without a token',
    help: 'On: programs on this machine may use queues without a token, as operators. Off: every client shows an access token.',
    fallback: () => true,
    applies: 'live',
  }),
} as const;
