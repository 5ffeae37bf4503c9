import { z } from 'zod';
import { setting } from './setting.ts';

/** Direct links between the members of a cluster. */
export const linksSettings = {
  'links.mode': setting({
    schema: z.enum(['auto', 'off']),
    group: 'Links',
    title: 'Links: to other members',
    help: 'auto: as soon as the node belongs to a cluster it listens for the other members and dials them. off: it does neither, and nobody can join at this node.',
    fallback: () => 'auto' as const,
    applies: 'restart',
  }),
  'links.host': setting({
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'an IP address or a host name'),
    group: 'Links',
    title: 'Links: address to listen on',
    help: '127.0.0.1 is this machine alone; 0.0.0.0 is every address of it. Always TLS 1.3, and every member proves its key; a stranger can only ask to join with a code.',
    fallback: () => '127.0.0.1',
    applies: 'restart',
  }),
  'links.port': setting({
    schema: z.number().int().min(0).max(65_535),
    group: 'Links',
    title: 'Links: port',
    help: 'Port for other members. 0 takes any free one.',
    fallback: () => 7_422,
    applies: 'restart',
  }),
  'links.advertise': setting({
    schema: z.string().regex(/^(?:(?:\[[0-9A-Fa-f:.]{2,64}\]|[A-Za-z0-9._-]{1,253}):\d{1,5})?$/, 'HOST:PORT, or nothing'),
    group: 'Links',
    title: 'Links: address that other members are told',
    help: 'Where other members reach this node when that is not where it listens: a forwarded port, a proxy. As HOST:PORT. Empty: the addresses of this machine.',
    fallback: () => '',
    applies: 'restart',
  }),
  'links.discovery': setting({
    schema: z.enum(['on', 'off']),
    group: 'Links',
    title: 'Links: find nodes on the local network',
    help: 'on: this node looks for others by multicast DNS, and tells its name, short id and cluster while its port for members listens beyond this machine. What is found is a hint: keys decide. off: addresses are typed.',
    fallback: () => 'on' as const,
    applies: 'live',
  }),
  'links.confirmJoins': setting({
    schema: z.boolean(),
    group: 'Links',
    title: 'Links: confirm each node that joins with a code',
    help: 'A node that shows a right code at this one waits until an admin lets it in.',
    fallback: () => false,
    applies: 'live',
  }),
} as const;
