import type { RequestHead, StreamEvents, TunnelStream } from '../link/types.ts';

/** Header by which a request of the self-test is known; its value is made by chance for each test. */
export const testHeader = 'Signalbox-Tunnel-Test';

/** Answers the requests of the self-test itself, so that a test of the way touches nothing of the local service. */
export class TestAnswers {
  readonly #marks = new Set<string>();

  /** Requests with this mark are answered from now on. @returns ends that */
  expect(mark: string): () => void {
    this.#marks.add(mark);
    return () => this.#marks.delete(mark);
  }

  /** @returns undefined when it is an ordinary request */
  answer({ headers }: RequestHead, stream: TunnelStream): StreamEvents | undefined {
    if (this.#marks.size === 0) return undefined;
    const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === testHeader.toLowerCase());
    const mark = at < 0 ? undefined : headers[at + 1];
    if (mark === undefined || !this.#marks.has(mark)) return undefined;
    stream.respond({ status: 200, headers: ['Content-Length', '0', testHeader, mark] }, undefined, true);
    return { onData: (chunk) => stream.consumed(chunk.length), onEnd: () => undefined, onReset: () => undefined, onDrain: () => undefined };
  }
}
