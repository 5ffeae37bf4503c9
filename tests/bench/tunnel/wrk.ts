import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { programPath } from '../programs.ts';
import type { RequestLoad, RequestLoadOrder, RequestLoadResult } from './request-load.ts';

/** wrk counts its time in whole seconds. */
const settleSeconds = 1;
const script = fileURLToPath(new URL('./wrk-figures.lua', import.meta.url));

interface Figures {
  readonly requests: number;
  readonly micros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly errors: number;
}

/** Small requests made by wrk, which takes about a third of the processor time that our own load takes. */
export class WrkLoad implements RequestLoad {
  readonly name: string;
  readonly #path: string;

  private constructor(path: string, version: string) {
    this.#path = path;
    this.name = `wrk ${version}`;
  }

  /** @throws NotAvailable */
  static async find(): Promise<WrkLoad> {
    const path = await programPath('wrk');
    // It ends with 1 after it has said its version.
    const text = await promisify(execFile)(path, ['--version']).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? '',
    );
    return new WrkLoad(path, /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'of unknown version');
  }

  async run(order: RequestLoadOrder, measuring: () => void = () => undefined): Promise<RequestLoadResult> {
    await this.#run(order, settleSeconds);
    measuring();
    const { requests, micros, p50Micros, p99Micros, errors } = await this.#run(order, Math.ceil(order.seconds));
    if (requests === 0 || errors > 0) throw new Error(`small requests: ${errors} of ${requests} failed at port ${order.port}`);
    return { requests, perSecond: (requests * 1e6) / micros, p50Ms: p50Micros / 1_000, p99Ms: p99Micros / 1_000 };
  }

  stop(): void {}

  async #run({ port, host, path, connections }: RequestLoadOrder, seconds: number): Promise<Figures> {
    const { stdout } = await promisify(execFile)(this.#path, [
      ...['-t', '1', '-c', `${connections}`, '-d', `${seconds}s`, '-s', script],
      ...['-H', `Host: ${host}`, '-H', 'User-Agent: bench', '-H', 'Accept: */*', `http://127.0.0.1:${port}${path}`],
    ]);
    const figures = /^figures (\{.*\})$/m.exec(stdout)?.[1];
    if (figures === undefined) throw new Error(`small requests: wrk said ${stdout}`);
    return JSON.parse(figures) as Figures;
  }
}
