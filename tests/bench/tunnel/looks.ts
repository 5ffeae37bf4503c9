/** One look at a tunnel gives several values: what was done, how long it took, and what it cost the processes of both ends. */
import { setTimeout as pause } from 'node:timers/promises';
import { abortDownload, download, eventLag, Reader, readSlowly, upload, webSocketRoundTrip } from './clients.ts';
import { mebibyte, type Origin, pacedPath, smallPath } from './origin.ts';
import { cpuMs, MemoryWatch } from './process-figures.ts';
import type { RequestLoad } from './request-load.ts';
import type { StartTunnel, TunnelSystem } from './systems.ts';

/** How large what is called bulk is, MiB. */
export const bulkMebibytes = 100;
/** Small requests beside something large. */
const besideConnections = 4;
const pacedMebibytes = 40;
/** What a stalled reader has taken before it stalls. */
const stallAfterBytes = 2 * mebibyte;
/** By then nobody learns of it any more. */
export const abortLimitMs = 1_500;

export interface SmallLook {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of both ends. */
  readonly cpuMicros: number;
}

export interface BulkLook {
  readonly perSecond: number;
  /** Of both ends, for 100 MiB. */
  readonly cpuMs: number;
  readonly gatewayGrowthMb: number;
  readonly agentGrowthMb: number;
}

export interface SlowLook {
  readonly aheadMb: number;
  readonly gatewayGrowthMb: number;
  readonly agentGrowthMb: number;
}

export interface BesideLook {
  readonly alone: { readonly p50Ms: number; readonly p99Ms: number };
  readonly stalled: { readonly p50Ms: number; readonly p99Ms: number };
  readonly paced: { readonly p50Ms: number; readonly p99Ms: number };
}

export interface Surroundings {
  readonly origin: Origin;
  readonly load: RequestLoad;
  readonly folder: string;
  /** Length of a sample. */
  readonly seconds: number;
}

/** A tunnel that is looked at again and again. */
export class Looks {
  readonly #start: StartTunnel;
  readonly #surroundings: Surroundings;
  #system: TunnelSystem;

  private constructor(start: StartTunnel, system: TunnelSystem, surroundings: Surroundings) {
    this.#start = start;
    this.#system = system;
    this.#surroundings = surroundings;
  }

  /** Starts a tunnel and uses it until its code is compiled and its memory has grown to what it keeps. @throws NotAvailable */
  static async of(start: StartTunnel, surroundings: Surroundings): Promise<Looks> {
    const looks = new Looks(start, await start(surroundings.origin, surroundings.folder), surroundings);
    await looks.#warmUp();
    return looks;
  }

  get system(): TunnelSystem {
    return this.#system;
  }

  async small(connections: number, path = smallPath): Promise<SmallLook> {
    const { publicPort, host } = this.#system;
    const { load, seconds } = this.#surroundings;
    let cpuFromMs = 0;
    const result = await load.run({ port: publicPort, host, path, connections, seconds }, () => {
      cpuFromMs = cpuMs(this.#pids);
    });
    return { ...result, cpuMicros: ((cpuMs(this.#pids) - cpuFromMs) * 1_000) / result.requests };
  }

  down(): Promise<BulkLook> {
    return this.#bulk(() => download(this.#system, bulkMebibytes));
  }

  up(): Promise<BulkLook> {
    return this.#bulk(() => upload(this.#system, bulkMebibytes));
  }

  /** A client that reads 1 GiB slowly, for twice a sample, and goes away. */
  async slow(): Promise<SlowLook> {
    const gateway = new MemoryWatch(this.#system.gatewayPids);
    const agent = new MemoryWatch(this.#system.agentPids);
    const aheadMb = await readSlowly(this.#system, this.#surroundings.origin, this.#surroundings.seconds * 2);
    const look = { aheadMb, gatewayGrowthMb: gateway.growthMb(), agentGrowthMb: agent.growthMb() };
    await this.#recover();
    return look;
  }

  /** Small requests alone, beside a client that has stopped to read, and beside a download of 40 MiB/s. */
  async beside(): Promise<BesideLook> {
    const alone = await this.small(besideConnections);
    const stalling = new Reader(this.#system, '/bulk?1024');
    await stalling.until(stallAfterBytes);
    stalling.pause();
    const stalled = await this.small(besideConnections);
    stalling.close();
    await this.#recover();
    const paced = new Reader(this.#system, `${pacedPath}?${pacedMebibytes}`);
    await paced.until(stallAfterBytes);
    const besidePaced = await this.small(besideConnections);
    paced.close();
    await this.#recover();
    return { alone, stalled, paced: besidePaced };
  }

  /** Milliseconds until the service knows that a client has gone. */
  async abort(): Promise<number> {
    const ms = await abortDownload(this.#system, this.#surroundings.origin, abortLimitMs);
    await this.#recover();
    return ms;
  }

  eventLag(): Promise<number> {
    return eventLag(this.#system);
  }

  webSocket(): Promise<number> {
    return webSocketRoundTrip(this.#system);
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }

  get #pids(): readonly number[] {
    return [...this.#system.gatewayPids, ...this.#system.agentPids];
  }

  async #bulk(transfer: () => Promise<number>): Promise<BulkLook> {
    const gateway = new MemoryWatch(this.#system.gatewayPids);
    const agent = new MemoryWatch(this.#system.agentPids);
    const cpuFromMs = cpuMs(this.#pids);
    const perSecond = await transfer();
    return {
      perSecond,
      cpuMs: ((cpuMs(this.#pids) - cpuFromMs) * 100) / bulkMebibytes,
      gatewayGrowthMb: gateway.growthMb(),
      agentGrowthMb: agent.growthMb(),
    };
  }

  /** A tunnel that cannot get rid of an answer that nobody reads any more starts anew: the next sample is not to suffer from the last. */
  async #recover(): Promise<void> {
    const fromMs = Date.now();
    while (Date.now() - fromMs < abortLimitMs) {
      if ((await this.#surroundings.origin.figures()).abortedAtMs !== undefined && this.#system.keepsWhatIsUnread !== true) return;
      await pause(20);
    }
    await this.#system.stop();
    this.#system = await this.#start(this.#surroundings.origin, this.#surroundings.folder);
    await this.#warmUp();
  }

  async #warmUp(): Promise<void> {
    for (const connections of [256, 32, 1]) await this.small(connections);
    for (let round = 0; round < 2; round++) {
      await download(this.#system, bulkMebibytes);
      await upload(this.#system, bulkMebibytes);
    }
  }
}
