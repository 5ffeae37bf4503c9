/** Signs in to a gateway as an agent does, step by step, so that tests can do each wrong. */
import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import {
  createLink,
  type LinkEnd,
  type RequestHead,
  type StreamEvents,
  type TunnelLink,
  type TunnelStream,
  webSocketOptions,
  webSocketSocket,
} from '../../src/main/node/tunnel/link/index.ts';
import {
  agentSignature,
  type Challenge,
  type ConnectAccepted,
  type ConnectError,
  type ConnectRequest,
  channelBinding,
  encodeFrame,
  type HandshakeTranscript,
  legacySignature,
  messagesOf,
  newNonce,
  noChannel,
  subProtocol,
  type TunnelMessage,
  verifyGatewayProof,
} from '../../src/main/node/tunnel/protocol/index.ts';

export interface AgentKey {
  readonly tokenId: string;
  readonly secret: string;
}

/** A WebSocket at the agents' port that has not signed in. */
export interface AgentDoor {
  readonly socket: WebSocket;
  /** undefined: without TLS. */
  readonly tls: TLSSocket | undefined;
  /** The next message of the gateway; undefined: it closed. */
  next(): Promise<TunnelMessage | undefined>;
  /** Frames that were not asked for; whoever takes them reads on by itself. */
  rest(): Buffer[];
}

/** Opens a WebSocket. @throws Error with `statusCode` and `retryAfter` when HTTP refuses it */
export async function openDoor(url: string, protocol: 'v1' | 'legacy' = 'v1'): Promise<AgentDoor> {
  let tls: TLSSocket | undefined;
  const options: ClientOptions = {
    ...webSocketOptions,
    rejectUnauthorized: false,
    ...(url.startsWith('wss:') && {
      createConnection: ((at: { host: string; port: number }) => {
        tls = connectTls({ host: at.host, port: at.port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
        return tls;
      }) as unknown as NonNullable<ClientOptions['createConnection']>,
    }),
  };
  const socket = new WebSocket(url, protocol === 'v1' ? [subProtocol] : [], options);
  onTestFinished(() => socket.terminate());
  const arrived: (Buffer | undefined)[] = [];
  const waiting: ((frame: Buffer | undefined) => void)[] = [];
  const give = (frame: Buffer | undefined) => {
    const reader = waiting.shift();
    if (reader === undefined) arrived.push(frame);
    else reader(frame);
  };
  socket.on('message', (data) => give(data as Buffer));
  socket.once('close', () => give(undefined));
  const refused = new Promise<never>((_resolve, reject) => {
    socket.once('unexpected-response', (_request, { statusCode, headers }) =>
      reject(Object.assign(new Error('refused'), { statusCode, retryAfter: headers['retry-after'] })),
    );
    socket.once('error', reject);
  });
  await Promise.race([once(socket, 'open'), refused]);
  socket.on('error', () => undefined);
  return {
    socket,
    tls,
    next: async () => {
      const frame = arrived.length > 0 ? arrived.shift() : await new Promise<Buffer | undefined>((resolve) => waiting.push(resolve));
      return frame === undefined ? undefined : messagesOf(frame)[0];
    },
    rest: () => {
      socket.removeAllListeners('message');
      return arrived.splice(0).filter((frame) => frame !== undefined);
    },
  };
}

/** A request to connect, rightly signed but for what is changed before (`changes`) or after (`forged`) signing. */
export function connectRequest(
  door: AgentDoor,
  challenge: Challenge,
  { tokenId, secret }: AgentKey,
  changes: Partial<ConnectRequest> = {},
  signedFor: Partial<HandshakeTranscript> = {},
): { readonly request: ConnectRequest; readonly transcript: HandshakeTranscript } {
  const request: ConnectRequest = {
    type: 'connect',
    agentId: 'press-07',
    token: tokenId,
    timestamp: Date.now(),
    nonce: newNonce(),
    signature: '',
    kind: 'http',
    protocolVersion: 1,
    software: '0.0.0-test',
    nodeId: '',
    capabilities: [],
    sessionKey: newNonce(),
    publicPort: 0,
    sealedAccess: new Uint8Array(0),
    linkIndex: 0,
    ...changes,
  };
  const transcript: HandshakeTranscript = {
    tokenId: request.token,
    timestampMs: request.timestamp,
    nonce: request.nonce,
    serverNodeId: challenge.nodeId,
    agentId: request.agentId,
    channel: door.tls === undefined ? noChannel : channelBinding(door.tls),
    challenge: challenge.challenge,
    ...signedFor,
  };
  return { request: { ...request, signature: agentSignature(secret, transcript) }, transcript };
}

/** Sends a request and gives what the gateway says to it. */
export async function say(
  door: AgentDoor,
  request: ConnectRequest,
  dialect: 'v1' | 'legacy' = 'v1',
): Promise<ConnectAccepted | ConnectError | undefined> {
  door.socket.send(encodeFrame(request, dialect));
  return (await door.next()) as ConnectAccepted | ConnectError | undefined;
}

/** First word of the gateway. */
export async function challengeOf(door: AgentDoor): Promise<Challenge> {
  return (await door.next()) as Challenge;
}

export interface TestAgent {
  readonly link: TunnelLink;
  readonly accepted: ConnectAccepted;
  readonly socket: WebSocket;
  /** When and why the link ended. */
  readonly ended: Promise<LinkEnd>;
}

/** Signs in and answers every request with 200 and the text `NAME METHOD PATH`. @throws Error when the gateway refuses */
export async function signIn(
  url: string,
  key: AgentKey,
  changes: Partial<ConnectRequest> = {},
  name: string = 'agent',
): Promise<TestAgent> {
  const door = await openDoor(url);
  const challenge = await challengeOf(door);
  const { request, transcript } = connectRequest(door, challenge, key, changes);
  const answer = await say(door, request);
  if (answer?.type !== 'connectAccepted') throw Object.assign(new Error(answer?.message ?? 'closed'), { code: answer?.code });
  if (!verifyGatewayProof(key.secret, transcript, request.signature, answer.signature))
    throw new Error('the gateway has not proven itself');
  return { accepted: answer, socket: door.socket, ...linkOf(door, 'v1', name) };
}

/** Signs in as an agent of the first system does, which is told nothing. */
export async function signInAsFirst(url: string, { tokenId, secret }: AgentKey, changes: Partial<ConnectRequest> = {}) {
  const door = await openDoor(url, 'legacy');
  const { request } = firstRequest({ tokenId, secret }, changes);
  door.socket.send(encodeFrame(request, 'legacy'));
  return { socket: door.socket, ...linkOf(door, 'legacy', 'first') };
}

/** What an agent of the first system says, rightly signed but for `changes` made before. */
export function firstRequest({ tokenId, secret }: AgentKey, changes: Partial<ConnectRequest> = {}): { readonly request: ConnectRequest } {
  const request: ConnectRequest = {
    type: 'connect',
    agentId: 'press-07',
    token: tokenId,
    timestamp: Math.floor(Date.now() / 1_000),
    nonce: newNonce(),
    signature: '',
    kind: 'http',
    protocolVersion: 0,
    software: '',
    nodeId: '',
    capabilities: [],
    sessionKey: '',
    publicPort: 0,
    sealedAccess: new Uint8Array(0),
    linkIndex: 0,
    ...changes,
  };
  const signature = legacySignature(secret, { token: request.token, timestampSeconds: request.timestamp, nonce: request.nonce });
  return { request: { ...request, signature } };
}

function linkOf(door: AgentDoor, protocol: 'v1' | 'legacy', name: string): Pick<TestAgent, 'link' | 'ended'> {
  let tell: (end: LinkEnd) => void;
  const ended = new Promise<LinkEnd>((resolve) => {
    tell = resolve;
  });
  const link = createLink({
    role: 'agent',
    protocol,
    socket: webSocketSocket(door.socket),
    firstFrames: door.rest(),
    events: { onStream: (head, stream) => answer(head, stream, name), onGoAway: () => undefined, onEnd: (end) => tell(end) },
  });
  return { link, ended };
}

function answer({ method, path }: RequestHead, stream: TunnelStream, name: string): StreamEvents {
  const body = Buffer.from(`${name} ${method} ${path}`);
  stream.respond({ status: 200, headers: ['Content-Length', String(body.length)] }, body, true);
  return {
    onData: (chunk) => stream.consumed(chunk.length),
    onEnd: () => undefined,
    onReset: () => undefined,
    onDrain: () => undefined,
  };
}
