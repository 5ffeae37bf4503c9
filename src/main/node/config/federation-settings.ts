import { z } from 'zod';
import { roles } from '../../../common/roles.ts';
import { pinSchema } from '../certificates/pin.ts';
import { isLoopback } from '../loopback.ts';
import { setting } from './setting.ts';

const filePath = z.string().max(4_096);
const brokerProtocols: ReadonlySet<string> = new Set(['mqtt:', 'mqtts:', 'ws:', 'wss:']);

/** How the node reaches other nodes. */
export const federationSettings = {
  'federation.mode': setting({
    schema: z.enum(['off', 'hub', 'external']),
    group: 'Federation',
    title: 'Federation',
    help: 'hub: this node runs the MQTT broker that the others join. external: it joins a broker, another node’s hub or one of your own. off: no broker; members of its cluster are reached over links.',
    fallback: () => 'off' as const,
    applies: 'restart',
  }),
  'federation.host': setting({
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'an IP address or a host name'),
    group: 'Federation',
    title: 'Hub: address to listen on',
    help: '127.0.0.1 is this machine alone. The hub asks nobody who they are, so no other address is taken: members on other machines are reached over links, or over a broker of your own.',
    fallback: () => '127.0.0.1',
    applies: 'restart',
  }),
  'federation.port': setting({
    schema: z.number().int().min(0).max(65_535),
    group: 'Federation',
    title: 'Hub: port',
    help: 'Port of the MQTT broker of this node. 0 takes any free one.',
    fallback: () => 7_421,
    applies: 'restart',
  }),
  'federation.brokerUrl': setting({
    schema: z
      .string()
      .max(1_024)
      .refine(isBrokerUrl, 'mqtt://, mqtts://, ws:// or wss://, a host and a port; user and password go into their own settings'),
    group: 'Federation',
    title: 'External: address of the broker',
    help: 'For example mqtt://127.0.0.1:7421 for the hub of a node on this machine.',
    fallback: () => 'mqtt://127.0.0.1:7421',
    applies: 'restart',
  }),
  'federation.username': setting({
    schema: z.string().max(256),
    group: 'Federation',
    title: 'External: user name',
    help: 'Empty when the broker asks for none.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.passwordFile': setting({
    schema: filePath,
    group: 'Federation',
    title: 'External: password file',
    help: 'File whose first line is the password, readable by this user alone. The password itself is never kept in the settings.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.caFile': setting({
    schema: filePath,
    group: 'Federation',
    title: 'External: authority file',
    help: 'PEM file with the certificate authority of the broker. Empty: those of the system.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.pin': setting({
    schema: pinSchema,
    group: 'Federation',
    title: 'External: fingerprint of the broker',
    help: 'SHA-256 of the public key of the broker’s certificate. With it no authority has to vouch for the broker, unless an authority file is set: then both must hold. A broker with another key is refused.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.certFile': setting({
    schema: filePath,
    group: 'Federation',
    title: 'External: client certificate file',
    help: 'PEM file, when the broker asks for a certificate.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.keyFile': setting({
    schema: filePath,
    group: 'Federation',
    title: 'External: client key file',
    help: 'PEM file with the key of the client certificate.',
    fallback: () => '',
    applies: 'restart',
  }),
  'federation.prefix': setting({
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/, 'one level of a topic: letters, digits, dot, dash, underscore; 48 at most'),
    group: 'Federation',
    title: 'Topic prefix',
    help: 'First level of every MQTT topic of the cluster. Nodes with different prefixes on one broker do not see each other.',
    fallback: () => 'cloudisense',
    applies: 'restart',
  }),
  'federation.keepaliveSeconds': setting({
    schema: z.number().int().min(1).max(300),
    group: 'Federation',
    title: 'Keep-alive (s)',
    help: 'The broker takes the node for lost after one and a half times this long without a sign.',
    fallback: () => 5,
    applies: 'restart',
  }),
  'federation.acceptUnsigned': setting({
    schema: z.boolean(),
    group: 'Federation',
    title: 'Accept unsigned messages',
    help: 'In a cluster: also take messages that carry no proof of their sender, of first-system nodes and of people with mosquitto_pub. A node in no cluster takes them anyhow. Never from a broker beyond this machine.',
    fallback: () => false,
    applies: 'live',
  }),
  'federation.unsignedRole': setting({
    schema: z.enum(roles),
    group: 'Federation',
    title: 'Role of unsigned callers',
    help: 'The most that somebody may do here whose messages carry no proof: whoever reaches the broker can claim to be anybody. What members of the cluster may do is said by their roles in it.',
    fallback: () => 'viewer' as const,
    applies: 'live',
  }),
} as const;

type FederationKey = keyof typeof federationSettings;

/** Rules that concern federation as a whole. */
export function federationIssues(
  value: <K extends FederationKey>(key: K) => z.output<(typeof federationSettings)[K]['schema']>,
): { readonly key: string; readonly message: string }[] {
  const issues: { key: string; message: string }[] = [];
  const cert = value('federation.certFile');
  if ((cert === '') !== (value('federation.keyFile') === ''))
    issues.push({
      key: cert === '' ? 'federation.certFile' : 'federation.keyFile',
      message: 'Certificate and key belong together: set both federation.certFile and federation.keyFile, or neither.',
    });
  const mode = value('federation.mode');
  if (mode === 'external' && value('federation.pin') !== '' && !/^(?:mqtts|wss):/.test(value('federation.brokerUrl')))
    issues.push({
      key: 'federation.pin',
      message:
        'A fingerprint is of a certificate, and this broker is reached without TLS: begin federation.brokerUrl with mqtts:// or wss://, or clear federation.pin.',
    });
  if (mode === 'hub' && !isLoopback(value('federation.host')))
    issues.push({
      key: 'federation.host',
      message: `The hub cannot listen on ${value('federation.host')}: it asks nobody who they are, so it stays on this machine. Keep federation.host at 127.0.0.1.`,
    });
  return issues;
}

function isBrokerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && brokerProtocols.has(url.protocol) && url.hostname !== '' && url.username === '' && url.password === '';
}
