import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { NodeClient } from '../../common/client/node-client.ts';
import { connectWebSocket, type WebSocketLike } from '../../common/client/web-socket-transport.ts';
import { SignalboxError } from '../../common/errors.ts';
import { type CertificateRefused, openChecked, parsePin, pinOf } from '../node/certificates/index.ts';
import { clientFolder, defaultDataFolder } from '../node/config/index.ts';
import { UsageError } from './exit-codes.ts';
import { KnownNodes } from './known-nodes.ts';

/** Which node a command talks to. */
export interface NodeChoice {
  /** `--data DIR`: the node of this machine that keeps its data there. */
  readonly data?: string;
  /** `--url URL`: a node anywhere; needs `--token-file`. */
  readonly url?: string;
  readonly tokenFile?: string;
  /** `--pin FINGERPRINT`: of the certificate of `--url`, remembered for the next time. */
  readonly pin?: string;
}

interface Door {
  /** `http://…` or `https://…` */
  readonly url: URL;
  readonly token: string;
  /** Of the certificate that is trusted; undefined: one that an authority vouches for. */
  readonly pin?: string | undefined;
}

const tokenFileSchema = z.object({ token: z.string().min(1), url: z.string(), certificate: z.string().optional() });

/**
 * Opens a client to the chosen node. It does not reconnect: a command that loses its node says so.
 *
 * @throws SignalboxError `NODE_UNREACHABLE`, `UNAUTHENTICATED`, `PIN` (another certificate than the known one, or an unknown one); UsageError
 */
export async function connectToNode(choice: NodeChoice): Promise<NodeClient> {
  const folder = choice.data ?? defaultDataFolder();
  const known = new KnownNodes(join(clientFolder(), 'known-nodes.json'));
  const door = await findDoor(choice, folder, known);
  let refused: CertificateRefused | undefined;
  const client = new NodeClient({
    reconnect: false,
    connect: (signal) =>
      connectWebSocket({
        url: webSocketUrl(door.url),
        signal,
        open: (url, protocol) =>
          openSocket(url, protocol, door, (error) => {
            refused = error;
          }),
      }),
  });
  try {
    // Also shows that the token is good: a refused one closes the connection after it was opened.
    await client.call('users.me', {});
    if (choice.pin !== undefined && door.pin !== undefined) await known.remember(door.url.host, door.pin);
    return client;
  } catch (error) {
    client.close();
    if (refused !== undefined) throw notTheNode(refused, door, known);
    if (error instanceof SignalboxError && error.code === 'NODE_UNREACHABLE') throw unreachable(choice, door.url, folder, error);
    throw error;
  }
}

async function findDoor(choice: NodeChoice, folder: string, known: KnownNodes): Promise<Door> {
  if (choice.url !== undefined && choice.tokenFile === undefined) {
    throw new UsageError('--url needs --token-file: a file with an access token, or a copy of the node’s cli.token.');
  }
  const file = choice.tokenFile ?? join(folder, 'cli.token');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (choice.tokenFile !== undefined) throw new UsageError(`--token-file: ${file} cannot be read.`);
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new SignalboxError('FORBIDDEN', `${file} belongs to another user. Run the command as the user who runs the node.`, {
        executed: 'no',
      });
    }
    throw notRunning(folder);
  }
  const { token, url, certificate } = readToken(text, file, choice.url);
  const parsed = parseUrl(url);
  const pin = await pinFor(choice, parsed, certificate, known);
  return { url: parsed, token, pin };
}

/** What the person says counts most, then the certificate that came with the token, then what was remembered. */
async function pinFor(choice: NodeChoice, url: URL, certificate: string | undefined, known: KnownNodes): Promise<string | undefined> {
  if (choice.pin !== undefined) {
    const pin = parsePin(choice.pin);
    if (pin === undefined) throw new UsageError('--pin: 64 hex digits, as "signalbox status" on the node and Settings, Network show them.');
    if (url.protocol !== 'https:') throw new UsageError('--pin is for an address that begins with https://.');
    return pin;
  }
  if (url.protocol !== 'https:') return undefined;
  return certificate === undefined ? known.pinOf(url.host) : pinOf(new X509Certificate(certificate));
}

/** A token file is the node's own JSON, or one line with a token. */
function readToken(text: string, file: string, url: string | undefined): z.infer<typeof tokenFileSchema> {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) {
    if (url === undefined) throw new UsageError(`${file} holds a token but no address: say which node with --url.`);
    return { url, token: trimmed };
  }
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    value = undefined;
  }
  const parsed = tokenFileSchema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${file} is not a token file of a node.`);
  return { ...parsed.data, url: url ?? parsed.data.url };
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url)) throw new UsageError(`--url: ${url} is not an address such as http://127.0.0.1:7420.`);
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new UsageError(`--url: begin with http:// or https://.`);
  return parsed;
}

function webSocketUrl(url: URL): string {
  const address = new URL('/ws', url);
  address.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

function openSocket(url: string, protocol: string, { token, pin }: Door, onRefused: (error: CertificateRefused) => void): WebSocketLike {
  return new WebSocket(url, protocol, {
    perMessageDeflate: false,
    // In a header, so that no proxy writes it into a log.
    headers: { Authorization: `Bearer ${token}` },
    ...(url.startsWith('wss:') && { createConnection: openChecked({ pin }, { onRefused }) }),
  });
}

function notRunning(folder: string): SignalboxError {
  return new SignalboxError(
    'NODE_UNREACHABLE',
    `No node runs with the data folder ${folder}. Start it with: signalbox start${folder === defaultDataFolder() ? '' : ` --data ${folder}`}`,
    { executed: 'no' },
  );
}

/** What a person does about a certificate; nothing was sent to whoever showed it. */
function notTheNode({ fault }: CertificateRefused, { url, pin }: Door, known: KnownNodes): SignalboxError {
  const compare = 'Compare it with the one that "signalbox status" on that node shows, or Settings, Network in its console';
  const text =
    fault.check === 'pin'
      ? `${url.origin} shows another certificate than before. Before: ${pin}. Now: ${fault.shown}. Nothing was sent. Either the node has a new ` +
        `certificate, or somebody stands between you and it. ${compare}; only when they are the same, connect once with --pin ${fault.shown}. ` +
        `What was compared before is in ${known.file}.`
      : fault.check === 'expiry'
        ? `The certificate of ${url.origin} is not valid by the clock of this machine: ${fault.why}. Nothing was sent. Set the clock, or renew the certificate of the node.`
        : `Nothing vouches for the certificate of ${url.origin}, which is usual for a node's own: ${fault.why}. Nothing was sent. ` +
          `${compare}; when they are the same, connect once with --pin ${fault.shown}. It is remembered then.`;
  return new SignalboxError('PIN', text, { executed: 'no', data: fault });
}

function unreachable(choice: NodeChoice, url: URL, folder: string, cause: SignalboxError): SignalboxError {
  if (choice.url === undefined && choice.tokenFile === undefined) return notRunning(folder);
  return new SignalboxError('NODE_UNREACHABLE', `No node answers at ${url.origin}. The call was not sent.`, { executed: 'no', cause });
}
