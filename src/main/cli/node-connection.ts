import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { NodeClient } from '../../common/client/node-client.ts';
import { connectWebSocket, type WebSocketLike } from '../../common/client/web-socket-transport.ts';
import { SignalboxError } from '../../common/errors.ts';
import { defaultDataFolder } from '../node/config/index.ts';
import { UsageError } from './exit-codes.ts';

/** Which node a command talks to. */
export interface NodeChoice {
  /** `--data DIR`: the node of this machine that keeps its data there. */
  readonly data?: string;
  /** `--url URL`: a node anywhere; needs `--token-file`. */
  readonly url?: string;
  readonly tokenFile?: string;
}

interface Door {
  readonly url: string;
  readonly token: string;
  readonly certificate?: string | undefined;
}

const tokenFileSchema = z.object({ token: z.string().min(1), url: z.string(), certificate: z.string().optional() });

/**
 * Opens a client to the chosen node. It does not reconnect: a command that loses its node says so.
 *
 * @throws SignalboxError `NODE_UNREACHABLE`, `UNAUTHENTICATED`; UsageError
 */
export async function connectToNode(choice: NodeChoice): Promise<NodeClient> {
  const folder = choice.data ?? defaultDataFolder();
  const door = await findDoor(choice, folder);
  const client = new NodeClient({
    reconnect: false,
    connect: (signal) =>
      connectWebSocket({ url: webSocketUrl(door.url), signal, open: (url, protocol) => openSocket(url, protocol, door) }),
  });
  try {
    // Also shows that the token is good: a refused one closes the connection after it was opened.
    await client.call('users.me', {});
    return client;
  } catch (error) {
    client.close();
    if (error instanceof SignalboxError && error.code === 'NODE_UNREACHABLE') throw unreachable(choice, door.url, folder, error);
    throw error;
  }
}

async function findDoor(choice: NodeChoice, folder: string): Promise<Door> {
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
  return readDoor(text, file, choice.url);
}

/** A token file is the node's own JSON, or one line with a token. */
function readDoor(text: string, file: string, url: string | undefined): Door {
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

function webSocketUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL('/ws', url);
  } catch {
    throw new UsageError(`--url: ${url} is not an address such as http://127.0.0.1:7420.`);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw new UsageError(`--url: begin with http:// or https://.`);
  parsed.protocol = parsed.protocol === 'https:' ? 'wss:' : 'ws:';
  return parsed.href;
}

function openSocket(url: string, protocol: string, { token, certificate }: Door): WebSocketLike {
  return new WebSocket(url, protocol, {
    perMessageDeflate: false,
    // In a header, so that no proxy writes it into a log.
    headers: { Authorization: `Bearer ${token}` },
    // The node's own certificate from a file that only its owner can read is trusted as it is, under any name.
    ...(certificate !== undefined && { ca: certificate, allowPartialTrustChain: true, checkServerIdentity: () => undefined }),
  });
}

function notRunning(folder: string): SignalboxError {
  return new SignalboxError(
    'NODE_UNREACHABLE',
    `No node runs with the data folder ${folder}. Start it with: signalbox start${folder === defaultDataFolder() ? '' : ` --data ${folder}`}`,
    { executed: 'no' },
  );
}

function unreachable(choice: NodeChoice, url: string, folder: string, cause: SignalboxError): SignalboxError {
  if (choice.url === undefined && choice.tokenFile === undefined) return notRunning(folder);
  return new SignalboxError('NODE_UNREACHABLE', `No node answers at ${url}. The call was not sent.`, { executed: 'no', cause });
}
