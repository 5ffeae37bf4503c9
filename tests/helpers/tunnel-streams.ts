import type {
  HeaderPairs,
  LinkEvents,
  RequestHead,
  ResetCode,
  ResponseHead,
  StreamEvents,
  TunnelStream,
} from '../../src/main/node/tunnel/link/index.ts';

/** What came on a stream, in order; nothing is consumed by itself unless `consume`. */
export class StreamRecord implements StreamEvents {
  readonly heads: { readonly head: ResponseHead; readonly end: boolean }[] = [];
  readonly chunks: Uint8Array[] = [];
  trailers: HeaderPairs | undefined;
  resets: { readonly code: ResetCode; readonly reason: string }[] = [];
  ends = 0;
  drains = 0;
  stream: TunnelStream | undefined;
  onChange: () => void = () => undefined;
  readonly #consume: boolean;

  constructor(consume = true) {
    this.#consume = consume;
  }

  get body(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get receivedBytes(): number {
    return this.chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
  }

  onHead(head: ResponseHead, end: boolean): void {
    this.heads.push({ head, end });
    this.onChange();
  }

  onData(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    if (this.#consume) this.stream?.consumed(chunk.length);
    this.onChange();
  }

  onEnd(trailers: HeaderPairs): void {
    this.ends++;
    this.trailers = trailers;
    this.onChange();
  }

  onReset(code: ResetCode, reason: string): void {
    this.resets.push({ code, reason });
    this.onChange();
  }

  onDrain(): void {
    this.drains++;
    this.onChange();
  }
}

/** Head of a GET with what a browser sends. */
export function requestHead(changed: Partial<RequestHead> = {}): RequestHead {
  return {
    kind: 'http',
    method: 'GET',
    path: '/',
    headers: ['Host', 'press-07.example.com', 'Accept', '*/*'],
    bodyBytes: 0,
    remoteAddress: '192.0.2.7',
    gatewayMicros: undefined,
    expectsContinue: false,
    ...changed,
  };
}

/** Events of a link that are of no interest, but those given. */
export function linkEvents(given: Partial<LinkEvents> = {}): LinkEvents {
  return { onGoAway: () => undefined, onEnd: () => undefined, ...given };
}
