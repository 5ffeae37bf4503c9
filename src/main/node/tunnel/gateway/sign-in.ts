import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { type AccessRules, agentIdPattern } from '../../../../common/contract/tunnels.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import { channelBinding, gatewayProof, newChallenge } from '../protocol/handshake.ts';
import { type ConnectRequest, type Exposure, encodeFrame, messagesOf, protocolVersion } from '../protocol/index.ts';
import { openAccess } from '../protocol/sealed-access.ts';
import type { Claim } from './agent-registry.ts';
import type { Newcomer } from './agents-listener.ts';
import { gatewayLimits } from './limits.ts';
import type { Session } from './session.ts';
import type { SignInCheck, SignInFault, SignInVerdict } from './sign-in-check.ts';
import { mayBeNamed } from './tokens.ts';

/** Close code of a WebSocket whose sign-in was refused (security.md 2.10). */
const closeRefused = 4401;
/** A peer that does not answer the close frame in this time is cut off, milliseconds. */
const closeWithinMs = 1_000;

/** What an agent is told when it has a place. */
export interface Welcome {
  readonly session: Session;
  readonly publicUrls: readonly string[];
  /** 0: none. */
  readonly publicPort: number;
  readonly exposure: Exposure;
}

export interface SignInOptions {
  readonly nodeId: string;
  readonly version: string;
  readonly plainAllowed: boolean;
  readonly check: SignInCheck;
  /**
   * Gives an agent that has proven itself its place. At once, unless a public port has to be opened for it: an agent of the first system
   * may send its heartbeat right behind its request.
   *
   * @throws SignalboxError told to the agent
   */
  readonly welcome: (claim: Claim, publicPort: number) => Welcome | Promise<Welcome>;
  /** The agent is in: its WebSocket is a link from now on. */
  readonly onSignedIn: (newcomer: Newcomer, welcome: Welcome, linkIndex: number) => void;
  readonly onRefused: (newcomer: Newcomer, why: SignInFault | 'malformed', request: ConnectRequest | undefined) => void;
}

/** The gateway's side of both sign-ins (wire.md 5): one message decides, and all who fail are told the same. */
export class SignIn {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  begin(newcomer: Newcomer): void {
    const { socket, protocol } = newcomer;
    const { nodeId, version } = this.#options;
    const challenge = newChallenge();
    socket.on('error', () => undefined);
    socket.once('message', (data, isBinary) => void this.#first(newcomer, challenge, data, isBinary));
    if (protocol === 'v1')
      socket.send(encodeFrame({ type: 'challenge', challenge, nodeId, protocolVersion, software: version, capabilities: [] }));
  }

  /** Never rejects. */
  async #first(newcomer: Newcomer, challenge: Uint8Array, data: RawData, isBinary: boolean): Promise<void> {
    const request = isBinary ? readRequest(data) : undefined;
    if (request === undefined) {
      this.#refuse(newcomer, 'malformed', undefined);
      return;
    }
    const { plainAllowed, nodeId, check } = this.#options;
    const { protocol, loopback, tls } = newcomer;
    const channel = protocol === 'v1' ? channelBinding(tls) : '';
    const verdict = check.check(request, {
      protocol,
      gatewayNodeId: nodeId,
      challenge,
      channel,
      tls: tls !== undefined,
      loopback,
      plainAllowed,
    });
    if (verdict.good) await this.#admit(newcomer, request, challenge, verdict);
    else this.#refuse(newcomer, verdict.fault, request);
  }

  async #admit(
    newcomer: Newcomer,
    request: ConnectRequest,
    challenge: Uint8Array,
    { token, secret, transcript }: Extract<SignInVerdict, { good: true }>,
  ): Promise<void> {
    const { socket, protocol, tls, remoteAddress } = newcomer;
    newcomer.settle();
    try {
      const { agentId, kind } = request;
      if (!agentIdPattern.test(agentId) || !mayBeNamed(token, agentId))
        throw new SignalboxError('FORBIDDEN', `The token does not let an agent be called ${agentId.slice(0, 64)}.`, { executed: 'no' });
      if (!token.kinds.includes(kind))
        throw new SignalboxError('FORBIDDEN', `The token is not for tunnels of kind ${kind}.`, { executed: 'no' });
      const claim: Claim = {
        agentId,
        kind,
        token,
        tokenId: token.tokenId,
        secretVersion: secret.version,
        protocol,
        instanceId: request.sessionKey === '' ? undefined : request.sessionKey,
        agentVersion: shortText(request.software),
        nodeId: shortText(request.nodeId),
        remoteAddress,
        tls: tls !== undefined,
        access: accessOf(request, secret.secret, challenge),
      };
      const place = this.#options.welcome(claim, request.publicPort);
      const welcome = place instanceof Promise ? await place : place;
      if (socket.readyState !== socket.OPEN) return;
      if (transcript !== undefined) {
        const { session, publicUrls, publicPort, exposure } = welcome;
        const signature = gatewayProof(secret.secret, transcript, request.signature);
        const { sessionId } = session.facts;
        socket.send(encodeFrame({ type: 'connectAccepted', signature, sessionId, publicUrls, publicPort, exposure }));
      }
      this.#options.onSignedIn(newcomer, welcome, request.linkIndex);
    } catch (error) {
      const { code, message } = toErrorShape(error);
      turnAway(socket, protocol, code, message);
    }
  }

  #refuse(newcomer: Newcomer, why: SignInFault | 'malformed', request: ConnectRequest | undefined): void {
    this.#options.onRefused(newcomer, why, request);
    turnAway(newcomer.socket, newcomer.protocol, 'UNAUTHENTICATED', 'The gateway does not accept this token, secret or clock.');
  }
}

/** `S-` and twelve characters by chance. */
export function newSessionId(): string {
  return `S-${randomBytes(9).toString('base64url')}`;
}

/** What the agent says of itself, for people. */
function shortText(text: string): string | null {
  return text === '' ? null : text.slice(0, 64);
}

function readRequest(data: RawData): ConnectRequest | undefined {
  const bytes = data as Buffer;
  if (bytes.byteLength > gatewayLimits.signInBytes) return undefined;
  try {
    const [message, ...more] = messagesOf(bytes);
    return message?.type === 'connect' && more.length === 0 ? message : undefined;
  } catch {
    // What cannot be read is refused like a proof that is wrong.
    return undefined;
  }
}

function accessOf({ sealedAccess }: ConnectRequest, secret: string, challenge: Uint8Array): AccessRules | undefined {
  return sealedAccess.length === 0 ? undefined : openAccess(secret, challenge, sealedAccess);
}

function turnAway(socket: WebSocket, protocol: 'v1' | 'legacy', code: string, message: string): void {
  const timer = setTimeout(() => socket.terminate(), closeWithinMs);
  socket.once('close', () => clearTimeout(timer));
  socket.send(encodeFrame({ type: 'connectError', code, message, retryAfterMs: 0 }, protocol), () => undefined);
  socket.close(closeRefused, 'sign-in refused');
}
