import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { setting } from './setting.ts';

const listenAddress = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'an IP address or a host name');
const port = z.number().int().min(0).max(65_535);
/** Ports and ranges, as `gateway.tcpPorts` has them. */
const portList = z
  .string()
  .max(500)
  .regex(/^\s*(?:\d{1,5}(?:\s*-\s*\d{1,5})?(?:\s*,\s*\d{1,5}(?:\s*-\s*\d{1,5})?)*)?\s*$/, 'ports and ranges such as 20000-20099, 2222');

/** The gateway of the node: agents sign in to it, and it answers for their services. */
export const gatewaySettings = {
  'gateway.enabled': setting({
    schema: z.boolean(),
    group: 'Gateway',
    title: 'Gateway: on this node',
    help: 'On: agents sign in to this node, and it answers for the local services that they expose.',
    fallback: () => false,
    applies: 'live',
  }),
  'gateway.agentsHost': setting({
    schema: listenAddress,
    group: 'Gateway',
    title: 'Gateway: address for agents',
    help: 'Where agents sign in. 127.0.0.1 is this machine alone; 0.0.0.0 is every address of it, with TLS. A change restarts the gateway.',
    fallback: () => '127.0.0.1',
    applies: 'live',
  }),
  'gateway.agentsPort': setting({
    schema: port,
    group: 'Gateway',
    title: 'Gateway: port for agents',
    help: 'Port of the agents’ WebSocket. 0 takes any free one. A change restarts the gateway.',
    fallback: () => 8_080,
    applies: 'live',
  }),
  'gateway.agentsUrl': setting({
    schema: z.string().regex(/^(?:wss?:\/\/[^\s/?#]{1,253}(?:\/[^\s?#]{0,200})?)?$/, 'wss:// or ws:// and a host, or nothing'),
    group: 'Gateway',
    title: 'Gateway: address that agents are told',
    help: 'For example wss://gateway.example.com:8080, when agents reach it under another name than the one listened on. Empty: found by itself.',
    fallback: () => '',
    applies: 'live',
  }),
  'gateway.allowPlainAgents': setting({
    schema: z.boolean(),
    group: 'Gateway',
    title: 'Gateway: agents of other machines without TLS',
    help: 'On: for a gateway behind a proxy that ends TLS. The proof of an agent is then not bound to its connection, and what passes can be read on the way. A change restarts the gateway.',
    fallback: () => false,
    applies: 'live',
  }),
  'gateway.publicHost': setting({
    schema: listenAddress,
    group: 'Gateway',
    title: 'Gateway: public address to listen on',
    help: 'Where clients of the tunnels come in. 127.0.0.1 is this machine alone; 0.0.0.0 is every address of it. A change restarts the gateway.',
    fallback: () => '127.0.0.1',
    applies: 'live',
  }),
  'gateway.publicPort': setting({
    schema: port,
    group: 'Gateway',
    title: 'Gateway: public port',
    help: 'Port for HTTP, or for HTTPS when public TLS is on. 0 takes any free one. A change restarts the gateway.',
    fallback: () => 8_082,
    applies: 'live',
  }),
  'gateway.domain': setting({
    schema: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, 'a domain in lower case'),
    group: 'Gateway',
    title: 'Gateway: domain',
    help: 'The tunnel press-07 answers as press-07.DOMAIN: a wildcard entry in DNS leads there. localhost works on this machine alone. A change restarts the gateway.',
    fallback: () => 'localhost',
    applies: 'live',
  }),
  'gateway.publicTls': setting({
    schema: z.enum(['off', 'own', 'files']),
    group: 'Gateway',
    title: 'Gateway: public TLS',
    help: 'off: plain HTTP. own: HTTPS with the node’s own certificate, which browsers warn of. files: HTTPS with the certificates of the folder below, chosen by host name. A change restarts the gateway.',
    fallback: () => 'off' as const,
    applies: 'live',
  }),
  'gateway.certificates': setting({
    schema: z
      .string()
      .max(4_096)
      .refine((path) => path === '' || isAbsolute(path), 'an absolute path'),
    group: 'Gateway',
    title: 'Gateway: folder of certificates',
    help: 'Pairs of PEM files, NAME.crt with NAME.key; the certificate says for which hosts it is. Renewed files are taken without a restart. A change of the folder restarts the gateway.',
    fallback: () => '',
    applies: 'live',
  }),
  'gateway.allowPlainPublic': setting({
    schema: z.boolean(),
    group: 'Gateway',
    title: 'Gateway: plain HTTP beyond this machine',
    help: 'On: clients of other machines may come without TLS, and what passes can be read on the way; for a gateway behind a proxy that ends TLS. Off: the gateway does not start so. A change restarts the gateway.',
    fallback: () => false,
    applies: 'live',
  }),
  'gateway.tcpPorts': setting({
    schema: portList,
    group: 'Gateway',
    title: 'Gateway: ports for TCP tunnels',
    help: 'Ports and ranges that TCP tunnels may have, for example 20000-20099; 1,000 at most. Empty: none. A change restarts the gateway.',
    fallback: () => '',
    applies: 'live',
  }),
} as const;
