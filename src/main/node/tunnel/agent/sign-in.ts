/**
 * Connects to a gateway and signs in. The one place where a certificate may go unchecked: with `verify: token` the gateway proves over this
 * very channel that it knows the secret, and until it has, nothing but the sign-in is sent or taken (security.md 2.9, row 54).
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type RawData, WebSocket } from 'ws';
import { isLoopback } from '../../loopback.ts';
import {
  agentSignature,
  type Challenge,
  type ConnectAccepted,
  type ConnectRequest,
  channelBinding,
  encodeFrame,
  type HandshakeTranscript,
  legacySignature,
  messagesOf,
  newNonce,
  noChannel,
  protocolLimits,
  protocolVersion,
  subProtocol,
  type TunnelMessage,
  verifyGatewayProof,
} from '../protocol/index.ts';
import { sealAccess } from '../protocol/sealed-access.ts';
import { connectFailure, lasting, passing, refusal, refusedUpgrade, type SignInFailed } from './sign-in-failure.ts';
import type { AgentOptions, GatewayAccess, PublicPlace } from './types.ts';

export interface SignInRequest {
  readonly agent: Pick<AgentOptions, 'agentId' | 'gateway' | 'kind' | 'access' | 'publicPort' | 'nodeId' | 'software'>;
  /** The same for all links of a session. */
  readonly sessionKey: string;
  readonly linkIndex: number;
  readonly timeoutMs: number;
}

/** A connection that may be used. */
export interface SignedIn {
  readonly socket: WebSocket;
  /** What the WebSocket writes to. */
  readonly connection: Socket;
  readonly protocol: 'v1' | 'legacy';
  /** Undefined in the first system's dialect: the gateway does not say. */
  readonly place: PublicPlace | undefined;
}

export interface SignInOutcome {
  /** Called in the turn in which the gateway's word came: whoever takes the socket must listen to it before this returns. */
  signedIn(result: SignedIn): void;
  failed(failure: SignInFailed): void;
}

/** Where a gateway takes agents. @throws SignInFailed `INVALID_PARAMS`, `FORBIDDEN` (the first system's sign-in, in the clear, to another machine) */
export function gatewayUrl({ url, legacy }: Pick<GatewayAccess, 'url' | 'legacy'>): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw lasting('INVALID_PARAMS', 'The address of the gateway is not one: it begins with wss:// or ws://.');
  }
  if (parsed.protocol !== 'wss:' && parsed.protocol !== 'ws:')
    throw lasting('INVALID_PARAMS', 'The address of a gateway begins with wss:// or ws://.');
  if (parsed.username !== '' || parsed.password !== '')
    throw lasting('INVALID_PARAMS', 'The address of a gateway has no user and no password in it.');
  if (legacy && parsed.protocol === 'ws:' && !isLoopback(parsed.hostname.replace(/^\[(.*)\]$/, '$1')))
    throw lasting('FORBIDDEN', 'The sign-in of the first system sends its token as it is: use wss://, or a gateway on this machine.');
  if (parsed.pathname === '/') parsed.pathname = '/tunnel';
  parsed.hash = '';
  return parsed;
}

/** Dials a gateway and signs in; exactly one of the two outcomes is told, unless it is given up before. */
export class SignIn {
  readonly #request: SignInRequest;
  readonly #outcome: SignInOutcome;
  readonly #timer: NodeJS.Timeout;
  #socket: WebSocket | undefined;
  #connection: Socket | undefined;
  #channel = noChannel;
  #transcript: HandshakeTranscript | undefined;
  #signature = '';
  #over = false;

  constructor(request: SignInRequest, outcome: SignInOutcome) {
    this.#request = request;
    this.#outcome = outcome;
    this.#timer = setTimeout(
      () => this.#fail(passing('TIMEOUT', 'The gateway took the connection and did not complete the sign-in.')),
      request.timeoutMs,
    );
  }

  /** @throws SignInFailed what no attempt can mend */
  start(): void {
    const { gateway } = this.#request.agent;
    let url: URL;
    try {
      url = gatewayUrl(gateway);
    } catch (error) {
      this.giveUp();
      throw error;
    }
    const { legacy, verify } = gateway;
    const socket = new WebSocket(url, legacy ? [] : [subProtocol], {
      perMessageDeflate: false,
      maxPayload: protocolLimits.frameBytes,
      skipUTF8Validation: true,
      // Without a proof of the gateway, as in the first system's dialect, only its certificate says who it is.
      ...(verify === 'token' && !legacy && { rejectUnauthorized: false, minVersion: 'TLSv1.3' as const }),
    });
    this.#socket = socket;
    socket.on('error', (error) => this.#fail(connectFailure(error, url.host)));
    socket.on('unexpected-response', (request, response) => {
      this.#fail(refusedUpgrade(response.statusCode ?? 0, response.headers['retry-after']));
      request.destroy();
    });
    socket.on('upgrade', (response) => this.#bind(response));
    socket.on('close', () => this.#fail(passing('NODE_UNREACHABLE', 'The gateway closed the connection during the sign-in.')));
    if (legacy) socket.on('open', () => this.#signInAsFirstSystem(socket));
    else socket.on('message', (data, isBinary) => this.#take(socket, data, isBinary));
  }

  /** Tells nothing more. */
  giveUp(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #bind({ socket }: IncomingMessage): void {
    socket.setNoDelay(true);
    this.#connection = socket;
    if (socket instanceof TLSSocket) this.#channel = channelBinding(socket);
  }

  #take(socket: WebSocket, data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    const message = isBinary ? onlyMessage(data as Buffer) : undefined;
    if (message?.type === 'connectError') this.#fail(refusal(message.code, message.message, message.retryAfterMs));
    else if (message?.type === 'challenge' && this.#transcript === undefined) this.#answer(socket, message);
    else if (message?.type === 'connectAccepted' && this.#transcript !== undefined) this.#accept(socket, this.#transcript, message);
    else this.#fail(lasting('BAD_REQUEST', 'What answers there is no gateway that this version understands.'));
  }

  #answer(socket: WebSocket, { challenge, nodeId }: Challenge): void {
    const { agentId, gateway, access } = this.#request.agent;
    const transcript: HandshakeTranscript = {
      tokenId: gateway.tokenId,
      timestampMs: Date.now(),
      nonce: newNonce(),
      serverNodeId: nodeId,
      agentId,
      channel: this.#channel,
      challenge: Buffer.from(challenge),
    };
    this.#transcript = transcript;
    this.#signature = agentSignature(gateway.secret, transcript);
    const open = access.basicAuth === null && access.allowedAddresses.length === 0 && access.requestsPerSecond === null;
    const sealedAccess = open ? new Uint8Array(0) : sealAccess(gateway.secret, challenge, access);
    socket.send(encodeFrame(this.#connectRequest(transcript.timestampMs, transcript.nonce, this.#signature, sealedAccess)));
  }

  #accept(socket: WebSocket, transcript: HandshakeTranscript, accepted: ConnectAccepted): void {
    if (!verifyGatewayProof(this.#request.agent.gateway.secret, transcript, this.#signature, accepted.signature)) {
      this.#fail(
        lasting(
          'BAD_SIGNATURE',
          'The gateway did not prove that it knows the secret of the token: something else answers there, or stands in between.',
        ),
      );
      return;
    }
    const { sessionId, publicUrls, publicPort, exposure } = accepted;
    this.#hand(socket, 'v1', { sessionId, publicUrls, publicPort, exposure: exposure === 'unknown' ? null : exposure });
  }

  #signInAsFirstSystem(socket: WebSocket): void {
    if (this.#over) return;
    const { gateway } = this.#request.agent;
    const timestampSeconds = Math.floor(Date.now() / 1_000);
    const nonce = newNonce();
    const signature = legacySignature(gateway.secret, { token: gateway.tokenId, timestampSeconds, nonce });
    socket.send(encodeFrame(this.#connectRequest(timestampSeconds, nonce, signature, new Uint8Array(0)), 'legacy'));
    this.#hand(socket, 'legacy', undefined);
  }

  #connectRequest(timestamp: number, nonce: string, signature: string, sealedAccess: Uint8Array): ConnectRequest {
    const { agent, sessionKey, linkIndex } = this.#request;
    return {
      type: 'connect',
      agentId: agent.agentId,
      token: agent.gateway.tokenId,
      timestamp,
      nonce,
      signature,
      kind: agent.kind,
      protocolVersion,
      software: agent.software,
      nodeId: agent.nodeId ?? '',
      capabilities: [],
      sessionKey,
      publicPort: agent.publicPort ?? 0,
      sealedAccess,
      linkIndex,
    };
  }

  #hand(socket: WebSocket, protocol: SignedIn['protocol'], place: PublicPlace | undefined): void {
    this.#over = true;
    clearTimeout(this.#timer);
    socket.removeAllListeners();
    // `upgrade` comes before `open`, and so before every message.
    this.#outcome.signedIn({ socket, connection: this.#connection as Socket, protocol, place });
  }

  #fail(failure: SignInFailed): void {
    if (this.#over) return;
    this.giveUp();
    this.#outcome.failed(failure);
  }
}

/** How long a gateway of the first system may be silent before it is asked, milliseconds. Asked at once, one that refuses might be cut short. */
const silenceMs = 1_000;

/**
 * A gateway of the first system does not say that it has accepted an agent: whatever it says first means so, unless it is an error.
 *
 * @param accepted called before that message goes to whoever listens to the socket from now on
 */
export function whenAccepted(socket: WebSocket, accepted: () => void): void {
  const timer = setTimeout(() => socket.send(encodeFrame({ type: 'ping', payload: new Uint8Array(0) }, 'legacy')), silenceMs);
  socket.once('close', () => clearTimeout(timer));
  socket.once('message', (data) => {
    clearTimeout(timer);
    if (onlyMessage(data as Buffer)?.type !== 'connectError') accepted();
  });
}

function onlyMessage(frame: Buffer): TunnelMessage | undefined {
  try {
    const [message, ...more] = messagesOf(frame);
    return more.length === 0 ? message : undefined;
  } catch {
    // What cannot be read is told like what is not expected.
    return undefined;
  }
}
