import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const mebibyte = 1_048_576;

/** 1 KB. */
export const smallPath = '/small';
/** `?MIBS`: that many, as fast as they are taken. */
export const bulkPath = '/bulk';
/** `?MIBS`: that many a second, without an end. */
export const pacedPath = '/paced';
export const eventsPath = '/events';
export const uploadPath = '/upload';
/** Time between two Server-Sent Events. */
export const eventIntervalMs = 10;

/** Of the bulk answer that began last. */
export interface OriginFigures {
  /** Given to the operating system. */
  readonly sentBytes: number;
  /** When its connection closed before its end: epoch milliseconds. */
  readonly abortedAtMs: number | undefined;
}

/** The local service behind every tunnel. */
export class Origin {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<Origin> {
    const child = fork(fileURLToPath(new URL('./origin-process.ts', import.meta.url)));
    const [port] = (await once(child, 'message')) as [number];
    return new Origin(child, port);
  }

  async figures(): Promise<OriginFigures> {
    const answer = once(this.#child, 'message');
    this.#child.send('figures');
    return ((await answer) as [OriginFigures])[0];
  }

  stop(): void {
    this.#child.kill();
  }
}
