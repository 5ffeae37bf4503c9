import { statfs } from 'node:fs/promises';
import { loadavg, uptime } from 'node:os';
import { resolve } from 'node:path';
import type { SystemStats } from '../../../../common/contract/system.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import type { CpuTimes, InterfaceCounters, MemoryReading } from './linux-proc.ts';
import { type HostPlatform, hostPlatform } from './platform.ts';

type Disk = SystemStats['system']['disk'];

const diskEverySeconds = 10;
const noDisk: Disk = { mountpoint: null, fstype: null, total: null, used: null, free: null, percent: null };

export interface HostMonitorOptions {
  /** The disk of this folder is the one that is watched. */
  readonly folder: string;
  readonly nowMs?: () => number;
  readonly platform?: HostPlatform;
}

/** Load of the machine. `sample` is called once a second; what is asked in between is answered from the last sample. */
export class HostMonitor {
  readonly #folder: string;
  readonly #nowMs: () => number;
  readonly #platform: HostPlatform;
  #facts: Promise<HostFacts> | undefined;
  #samples = 0;
  #cpu: CpuTimes | undefined;
  #cpuPercent: number | null = null;
  #memory: MemoryReading | undefined;
  #network: { readonly counters: InterfaceCounters; readonly atMs: number } | undefined;
  #receivedPerSecond: number | null = null;
  #sentPerSecond: number | null = null;
  #disk: Disk = noDisk;

  constructor(options: HostMonitorOptions) {
    this.#folder = resolve(options.folder);
    this.#nowMs = options.nowMs ?? Date.now;
    this.#platform = options.platform ?? hostPlatform;
  }

  /** What does not change; read on first use. */
  facts(): Promise<HostFacts> {
    this.#facts ??= readHostFacts();
    return this.#facts;
  }

  /** Reads the operating system. Never rejects: what cannot be read is null. */
  async sample(): Promise<void> {
    const seconds = this.#samples++;
    const readSlow = seconds % this.#platform.readEverySeconds === 0;
    await Promise.all([
      this.#sampleCpu(),
      readSlow ? this.#sampleMemory() : undefined,
      readSlow ? this.#sampleNetwork() : undefined,
      seconds % diskEverySeconds === 0 ? this.#sampleDisk() : undefined,
    ]);
  }

  get cpuPercent(): number | null {
    return this.#cpuPercent;
  }

  get memoryPercent(): number | null {
    return this.#memory === undefined ? null : percent(this.#memory.totalBytes - this.#memory.availableBytes, this.#memory.totalBytes);
  }

  get disk(): Disk {
    return this.#disk;
  }

  get receivedBytesPerSecond(): number | null {
    return this.#receivedPerSecond;
  }

  get sentBytesPerSecond(): number | null {
    return this.#sentPerSecond;
  }

  /** The `/stats` value (wire.md 1.1). */
  async stats(): Promise<SystemStats> {
    const facts = await this.facts();
    if (this.#samples === 0) await this.sample();
    const nowMs = this.#nowMs();
    const uptimeMs = Math.round(uptime() * 1_000);
    return {
      system: {
        os: {
          arch: facts.arch,
          name: facts.hostname,
          type: facts.type,
          flavor: facts.distribution,
          version: facts.version ?? facts.release,
          // To the second: the two clocks are not read at the same instant.
          boot_time: Math.round((nowMs - uptimeMs) / 1_000) * 1_000,
          uptime: uptimeMs,
          system_datetime: nowMs,
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
          // Windows has no load average; Node gives zeros there.
          average_load: process.platform === 'win32' ? null : loadavg(),
        },
        cpu: { max_frequency: facts.maxFrequencyMhz, count: facts.cores, percent: this.#cpuPercent },
        memory: this.#memoryStats(),
        disk: this.#disk,
        network: this.#networkStats(),
      },
      target: null,
    };
  }

  #memoryStats(): SystemStats['system']['memory'] {
    const memory = this.#memory;
    const { swapTotalBytes = null, swapFreeBytes = null } = memory ?? {};
    return {
      total: memory?.totalBytes ?? null,
      used: memory === undefined ? null : memory.totalBytes - memory.availableBytes,
      free: memory?.availableBytes ?? null,
      swap_total: swapTotalBytes,
      swap_used: swapTotalBytes === null || swapFreeBytes === null ? null : swapTotalBytes - swapFreeBytes,
      swap_free: swapFreeBytes,
      percent: this.memoryPercent,
    };
  }

  #networkStats(): SystemStats['system']['network'] {
    const counters = this.#network?.counters;
    return {
      id: counters?.id ?? null,
      bytes_sent: counters?.sentBytes ?? null,
      bytes_recv: counters?.receivedBytes ?? null,
      packets_sent: counters?.sentPackets ?? null,
      packets_recv: counters?.receivedPackets ?? null,
      errin: counters?.receiveErrors ?? null,
      errout: counters?.sendErrors ?? null,
      dropin: counters?.receiveDrops ?? null,
      dropout: counters?.sendDrops ?? null,
      bytes_recv_rate: this.#receivedPerSecond,
      bytes_sent_rate: this.#sentPerSecond,
    };
  }

  async #sampleCpu(): Promise<void> {
    const before = this.#cpu;
    this.#cpu = await this.#platform.cpuTimes();
    if (before === undefined || this.#cpu === undefined) return;
    const total = this.#cpu.total - before.total;
    if (total > 0) this.#cpuPercent = percent(this.#cpu.busy - before.busy, total);
  }

  async #sampleMemory(): Promise<void> {
    this.#memory = await this.#platform.memory();
  }

  async #sampleNetwork(): Promise<void> {
    const before = this.#network;
    const counters = await this.#platform.network();
    this.#network = counters === undefined ? undefined : { counters, atMs: this.#nowMs() };
    const after = this.#network;
    const comparable = before !== undefined && after !== undefined && before.counters.id === after.counters.id && after.atMs > before.atMs;
    const rate = (was: number | null | undefined, is: number | null | undefined): number | null => {
      if (!comparable || typeof was !== 'number' || typeof is !== 'number' || is < was) return null;
      return Math.round(((is - was) * 1_000) / (after.atMs - before.atMs));
    };
    this.#receivedPerSecond = rate(before?.counters.receivedBytes, counters?.receivedBytes);
    this.#sentPerSecond = rate(before?.counters.sentBytes, counters?.sentBytes);
  }

  async #sampleDisk(): Promise<void> {
    try {
      const [{ bsize, blocks, bfree, bavail }, mount] = await Promise.all([statfs(this.#folder), this.#platform.mountOf(this.#folder)]);
      const used = (blocks - bfree) * bsize;
      this.#disk = {
        mountpoint: mount?.mountpoint ?? null,
        fstype: mount?.type ?? null,
        total: blocks * bsize,
        used,
        free: bavail * bsize,
        // As df counts: the blocks reserved for root are neither used nor free.
        percent: percent(used, used + bavail * bsize),
      };
    } catch {
      this.#disk = noDisk;
    }
  }
}

function percent(part: number, whole: number): number | null {
  if (whole <= 0) return null;
  return Math.round(Math.min(100, Math.max(0, (part * 100) / whole)) * 10) / 10;
}
