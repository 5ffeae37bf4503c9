/** What the queue client needs of a network: it imports neither Node nor a browser, and gets its connections from whoever has one. */

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a stream tells. */
export interface ByteStreamListener {
  onBytes(chunk: Uint8Array): void;
  /** Once, at the end. @param reason for people, when it did not end by `close` */
  onClosed(reason: string | undefined): void;
}

/** An open connection to a broker. */
export interface ByteStream {
  /** Sends pieces in order, as one. They are not changed afterwards. */
  write(pieces: readonly Uint8Array[]): void;
  /** Sets the one listener, once, before anything has come. */
  listen(listener: ByteStreamListener): void;
  close(): void;
}

/** Opens a connection: TCP or TLS, through whatever is between. Rejects with a `SignalboxError` `NODE_UNREACHABLE`. */
export type OpenByteStream = (address: BrokerAddress, signal: AbortSignal) => Promise<ByteStream>;
