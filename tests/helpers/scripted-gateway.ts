import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createLink, type LinkEvents, type TunnelLink, webSocketOptions, webSocketSocket } from '../../src/main/node/tunnel/link/index.ts';
import {
  type ConnectRequest,
  encodeFrame,
  gatewayProof,
  messagesOf,
  newChallenge,
  noChannel,
  subProtocol,
  verifyAgentSignature,
} from '../../src/main/node/tunnel/protocol/index.ts';

/** What a gateway does with the next agent that signs in. */
export type Verdict = 'accept' | 'wrongProof' | { readonly code: string; readonly message: string; readonly retryAfterMs?: number };

/** A gateway as an agent sees it: the sign-in and the link, nothing behind. */
export class ScriptedGateway {
  readonly nodeId = 'n1gateway';
  readonly requests: ConnectRequest[] = [];
  readonly links: TunnelLink[] = [];
  /** One for each sign-in to come; `accept` when there is none. */
  readonly verdicts: Verdict[] = [];
  readonly #server: WebSocketServer;
  readonly #secret: string;
  readonly #waiting: (() => void)[] = [];

  private constructor(server: WebSocketServer, secret: string) {
    this.#server = server;
    this.#secret = secret;
    server.on('connection', (socket) => {
      const challenge = newChallenge();
      socket.on('error', () => undefined);
      socket.send(
        encodeFrame({ type: 'challenge', challenge, nodeId: this.nodeId, protocolVersion: 1, software: 'test', capabilities: [] }),
      );
      socket.once('message', (data) => {
        const [request] = messagesOf(data as Buffer);
        if (request?.type !== 'connect') return socket.close();
        this.requests.push(request);
        const verdict = this.verdicts.shift() ?? 'accept';
        if (typeof verdict === 'object') {
          socket.send(encodeFrame({ type: 'connectError', retryAfterMs: 0, ...verdict }));
          return socket.close();
        }
        const transcript = {
          tokenId: request.token,
          timestampMs: request.timestamp,
          nonce: request.nonce,
          serverNodeId: this.nodeId,
          agentId: request.agentId,
          channel: noChannel,
          challenge,
        };
        if (!verifyAgentSignature(this.#secret, transcript, request.signature)) throw new Error('the agent signed with another secret');
        const signature = verdict === 'wrongProof' ? 'A'.repeat(43) : gatewayProof(this.#secret, transcript, request.signature);
        const publicUrls = [`http://${request.agentId}.test`];
        socket.send(
          encodeFrame({ type: 'connectAccepted', signature, sessionId: 'S-1', publicUrls, publicPort: 0, exposure: 'thisMachine' }),
        );
        const events: LinkEvents = { onGoAway: () => undefined, onEnd: () => undefined };
        this.links.push(createLink({ role: 'gateway', protocol: 'v1', socket: webSocketSocket(socket), events }));
        for (const waiting of this.#waiting.splice(0)) waiting();
      });
    });
  }

  static async start(secret: string, port = 0): Promise<ScriptedGateway> {
    const server = new WebSocketServer({ ...webSocketOptions, host: '127.0.0.1', port, handleProtocols: () => subProtocol });
    await once(server, 'listening');
    return new ScriptedGateway(server, secret);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Settles when so many links have been made. */
  async linked(count: number): Promise<TunnelLink> {
    while (this.links.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.links[count - 1] as TunnelLink;
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
