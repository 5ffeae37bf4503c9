import { hostname } from 'node:os';
import { z } from 'zod';
import { logLevels } from '../../../common/contract/logs.ts';
import { limits } from '../../../common/limits.ts';
import { roles } from '../../../common/roles.ts';
import { brokerSettings } from './broker-settings.ts';
import { federationIssues, federationSettings } from './federation-settings.ts';
import { gatewaySettings } from './gateway-settings.ts';
import { ledgerSettings } from './ledger-settings.ts';
import { linksSettings } from './links-settings.ts';
import { peersSettings } from './peers-settings.ts';
import { setting } from './setting.ts';
import { storeSettings } from './store-settings.ts';

/** A display name must be a level of a topic (`name/stats`), a `serviceId` and a file name, and never look like a node id. */
export const nodeNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/;

/**
 * A display name made from the machine's name.
 *
 * @param host as the operating system gives it; whatever a name may not have is left out
 */
export function nodeNameFrom(host: string): string {
  const firstLabel = host.split('.')[0] ?? '';
  const safe = firstLabel
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 48)
    .replace(/[^A-Za-z0-9]+$/, '');
  return safe === '' ? 'node' : safe.toLowerCase();
}

const filePath = z.string().max(4_096);
const hostAddress = z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'an IP address or a host name');

/** Every setting of the node. */
export const settings = {
  'node.name': setting({
    schema: z.string().regex(nodeNamePattern, 'letters, digits, dot, dash and underscore; begins with a letter or digit; 48 at most'),
    group: 'Node',
    title: 'Name',
    help: 'How people call this node, in the console and in topics such as name/stats. The node id stays the same.',
    fallback: () => nodeNameFrom(hostname()),
    applies: 'live',
  }),
  'node.environment': setting({
    schema: z.enum(['none', 'dev', 'stage', 'prod']),
    group: 'Node',
    title: 'Environment',
    help: 'Shown in the title bar. In prod, acts that destroy something ask for the name to be typed.',
    fallback: () => 'none' as const,
    applies: 'live',
  }),
  'node.localUserRole': setting({
    schema: z.enum(roles),
    group: 'Node',
    title: 'Role of the desktop user',
    help: 'What the person at this desktop may do without signing in. Lower it on a shared machine; an administrator who signs in, or config.json, raises it again.',
    fallback: () => 'admin' as const,
    applies: 'live',
  }),
  'node.firstRunDone': setting({
    schema: z.boolean(),
    group: 'Node',
    title: 'First run is done',
    help: 'Off: as long as the node is in no cluster, the console begins with the question which cluster it should belong to.',
    fallback: () => false,
    applies: 'live',
  }),
  'node.capabilities': setting({
    schema: z.array(z.string().regex(nodeNamePattern, 'letters, digits, dot, dash and underscore; 48 at most')).max(32),
    group: 'Node',
    title: 'Capabilities',
    help: 'Words by which calls find this node, for example printer or edge: a call to any node with a capability goes to the least loaded one that has it.',
    fallback: (): string[] => [],
    applies: 'live',
  }),
  'http.enabled': setting({
    schema: z.boolean(),
    group: 'Console access',
    title: 'Listen for browsers and the command line',
    help: 'Off: only the desktop window reaches the node; the signalbox command does not.',
    fallback: () => true,
    applies: 'restart',
  }),
  'http.host': setting({
    schema: hostAddress,
    group: 'Console access',
    title: 'Address to listen on',
    help: '127.0.0.1 is this machine alone, 0.0.0.0 every address of it. Beyond this machine the console is reached with https.',
    fallback: () => '127.0.0.1',
    applies: 'restart',
  }),
  'http.port': setting({
    schema: z.number().int().min(0).max(65_535),
    group: 'Console access',
    title: 'Port',
    help: 'Port of the console and of the client WebSocket. 0 takes any free one.',
    fallback: () => 7_420,
    applies: 'restart',
  }),
  'http.tls': setting({
    schema: z.enum(['auto', 'always', 'off']),
    group: 'Console access',
    title: 'TLS (https)',
    help: 'auto: wherever other machines reach the console, with the certificate below or the node’s own, whose fingerprint people compare. always: on 127.0.0.1 too. off: never; passwords then travel readable, and the node warns for as long as it is so.',
    fallback: () => 'auto' as const,
    applies: 'restart',
  }),
  'http.tlsCertFile': setting({
    schema: filePath,
    group: 'Console access',
    title: 'Certificate file',
    help: 'PEM file with the certificate and its chain. Empty: the node’s own certificate. A renewed file is taken without a restart.',
    fallback: () => '',
    applies: 'restart',
  }),
  'http.tlsKeyFile': setting({
    schema: filePath,
    group: 'Console access',
    title: 'Private key file',
    help: 'PEM file with the key of the certificate.',
    fallback: () => '',
    applies: 'restart',
  }),
  'http.allowedHosts': setting({
    schema: z.array(z.string().regex(/^[A-Za-z0-9.:[\]_-]{1,255}$/, 'a host name, with :port where it is not the usual one')).max(32),
    group: 'Console access',
    title: 'Further host names',
    help: 'Names under which browsers may open the console, beside the address it listens on. Others are refused, against DNS rebinding.',
    fallback: (): string[] => [],
    applies: 'restart',
  }),
  'http.accessTokenTtlMs': setting({
    schema: z.number().int().min(60_000).max(86_400_000),
    group: 'Console access',
    title: 'Life of an access token (ms)',
    help: 'How long a sign-in holds before it is renewed in the background.',
    fallback: () => 3_600_000,
    applies: 'restart',
  }),
  'http.refreshTokenTtlMs': setting({
    schema: z.number().int().min(300_000).max(7_776_000_000),
    group: 'Console access',
    title: 'Life of a refresh token (ms)',
    help: 'How long a browser stays signed in without being used.',
    fallback: () => 2_592_000_000,
    applies: 'restart',
  }),
  'http.maxSignInAttemptsPerMinute': setting({
    schema: z.number().int().min(1).max(1_000),
    group: 'Console access',
    title: 'Sign-in attempts a minute',
    help: 'Failed attempts allowed in a minute, from one address and for one name.',
    fallback: () => 10,
    applies: 'restart',
  }),
  ...federationSettings,
  ...linksSettings,
  ...peersSettings,
  ...brokerSettings,
  ...gatewaySettings,
  ...storeSettings,
  ...ledgerSettings,
  'logs.level': setting({
    schema: z.enum(logLevels),
    group: 'Logs',
    title: 'Level',
    help: 'How much every log says. One log alone is changed on its own page until the next start.',
    fallback: () => 'info' as const,
    applies: 'live',
  }),
  'logs.maxFileBytes': setting({
    schema: z.number().int().min(65_536).max(1_073_741_824),
    group: 'Logs',
    title: 'Size of a log file (bytes)',
    help: 'A file that reaches it is put aside and a new one begun.',
    fallback: () => 10_485_760,
    applies: 'restart',
  }),
  'logs.files': setting({
    schema: z.number().int().min(1).max(100),
    group: 'Logs',
    title: 'Log files kept',
    help: 'The oldest beyond this number are deleted.',
    fallback: () => 5,
    applies: 'restart',
  }),
  'limits.connections': setting({
    schema: z.number().int().min(8).max(65_536),
    group: 'Limits',
    title: 'Connections at once',
    help: 'Further clients are refused until one leaves.',
    fallback: () => limits.connections,
    applies: 'restart',
  }),
  'limits.inFlightPerClient': setting({
    schema: z.number().int().min(1).max(4_096),
    group: 'Limits',
    title: 'Running calls of one client',
    help: 'Further calls of the client are answered OVERLOADED until one ends.',
    fallback: () => limits.inFlightPerClient,
    applies: 'restart',
  }),
  'limits.inFlightTotal': setting({
    schema: z.number().int().min(8).max(65_536),
    group: 'Limits',
    title: 'Running calls of all clients',
    help: 'Further calls are answered OVERLOADED until one ends.',
    fallback: () => limits.inFlightTotal,
    applies: 'restart',
  }),
  'limits.subscriptionsPerClient': setting({
    schema: z.number().int().min(1).max(4_096),
    group: 'Limits',
    title: 'Subscriptions of one client',
    help: 'Further subscriptions of the client are refused.',
    fallback: () => limits.subscriptionsPerClient,
    applies: 'restart',
  }),
  'limits.queuedEventsPerClient': setting({
    schema: z.number().int().min(100).max(100_000),
    group: 'Limits',
    title: 'Events waiting for one client',
    help: 'A client that reads slower loses the oldest events; each loss is counted and shown.',
    fallback: () => limits.queuedEventsPerClient,
    applies: 'restart',
  }),
  'telemetry.historyHours': setting({
    schema: z.number().int().min(1).max(24),
    group: 'Telemetry',
    title: 'History for charts (hours)',
    help: 'How far back the charts reach. Kept in memory, one point in 15 seconds.',
    fallback: () => 24,
    applies: 'restart',
  }),
} as const;

export type SettingKey = keyof typeof settings;
export type SettingValue<K extends SettingKey> = z.output<(typeof settings)[K]['schema']>;

/** True for a setting of this version. */
export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settings, key);
}

export const settingKeys = Object.keys(settings) as readonly SettingKey[];

export interface SettingIssue {
  readonly key: string;
  readonly message: string;
}

/** Rules that concern more than one setting. */
export function crossFieldIssues(value: <K extends SettingKey>(key: K) => SettingValue<K>): SettingIssue[] {
  const issues: SettingIssue[] = [];
  const cert = value('http.tlsCertFile');
  const key = value('http.tlsKeyFile');
  if ((cert === '') !== (key === ''))
    issues.push({
      key: cert === '' ? 'http.tlsCertFile' : 'http.tlsKeyFile',
      message: 'Certificate and key belong together: set both http.tlsCertFile and http.tlsKeyFile, or neither.',
    });
  issues.push(...federationIssues(value));
  return issues;
}
