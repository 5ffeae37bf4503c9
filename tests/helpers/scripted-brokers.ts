/** Brokers of a test in memory: each answers what the test says, over streams that can be broken at will. */
import type { BrokerAddress, ByteStream, ByteStreamListener, OpenByteStream } from '../../src/common/client/queue-client-stream.ts';
import { SignalboxError } from '../../src/common/errors.ts';
import type { QueueMessage } from '../../src/main/node/broker/machine/index.ts';
import {
  type ClientRequest,
  ConnectionReader,
  encodeAnswer,
  encodeError,
  encodePush,
  readRequest,
} from '../../src/main/node/broker/protocol/index.ts';

/** What a broker does with a request: fields of an answer, a refusal, nothing, or the end of the connection. */
export type ScriptedAnswer =
  | { readonly fields: Readonly<Record<string, unknown>>; readonly messages?: readonly QueueMessage[] }
  | { readonly code: string; readonly message?: string; readonly leader?: BrokerAddress | null }
  | 'silent'
  | 'break';

export interface ScriptedConnection {
  push(fields: Readonly<Record<string, unknown>>, messages?: readonly QueueMessage[]): void;
  break(): void;
}

type Script = (request: ClientRequest, connection: ScriptedConnection) => ScriptedAnswer;

/** Addresses that a client can open, by port, each with what its broker does. */
export class ScriptedBrokers {
  readonly requests: { readonly port: number; readonly request: ClientRequest }[] = [];
  readonly connections: { readonly port: number; readonly connection: ScriptedConnection }[] = [];
  readonly #scripts = new Map<number, Script>();

  /** @param script asked for everything but `CLUSTER_QUERY`, which knows nobody */
  add(port: number, script: Script): BrokerAddress {
    this.#scripts.set(port, script);
    return { host: 'memory', port };
  }

  /** Operations asked of a broker, in order. */
  asked(port: number, operation?: string): readonly ClientRequest[] {
    const all = this.requests.filter((asked) => asked.port === port).map(({ request }) => request);
    return all.filter(
      (request) =>
        request.operation.operation === operation || (operation === undefined && request.operation.operation !== 'CLUSTER_QUERY'),
    );
  }

  readonly open: OpenByteStream = ({ port }) => {
    const script = this.#scripts.get(port);
    if (script === undefined) return Promise.reject(new SignalboxError('NODE_UNREACHABLE', `Nobody is at ${port}.`, { executed: 'no' }));
    return Promise.resolve(this.#stream(port, script));
  };

  #stream(port: number, script: Script): ByteStream {
    const reader = new ConnectionReader();
    let listener: ByteStreamListener | undefined;
    let closed = false;
    const send = (pieces: readonly Uint8Array[]) => {
      const bytes = Buffer.concat(pieces);
      // In two parts: nothing may depend on how a stream is cut.
      for (const part of [bytes.subarray(0, 7), bytes.subarray(7)]) queueMicrotask(() => !closed && listener?.onBytes(part));
    };
    const end = (reason?: string) => {
      if (closed) return;
      closed = true;
      queueMicrotask(() => listener?.onClosed(reason));
    };
    const connection: ScriptedConnection = {
      push: (fields, messages) => send(encodePush({ fields, ...(messages && { messages }) }, 'binary')),
      break: () => end('cut'),
    };
    this.connections.push({ port, connection });
    const answer = (frameRequestId: number, request: ClientRequest) => {
      this.requests.push({ port, request });
      const said = request.operation.operation === 'CLUSTER_QUERY' ? { fields: { groups: [] } } : script(request, connection);
      const to = { form: 'binary', frameRequestId, requestId: request.requestId } as const;
      if (said === 'break') end('cut');
      else if (said === 'silent') return;
      else if ('fields' in said) send(encodeAnswer(said, to));
      else
        send(
          encodeError({ code: said.code as never, message: said.message ?? said.code, retryable: false }, to, {
            ...(said.leader !== undefined && { leader: said.leader }),
          }),
        );
    };
    return {
      listen: (given) => {
        listener = given;
      },
      write: (pieces) => {
        reader.push(Buffer.concat(pieces));
        for (let frame = reader.next(); frame !== undefined; frame = reader.next())
          if (frame.form === 'binary') answer(frame.frame.requestId, readRequest(frame));
      },
      close: () => end(),
    };
  }
}
