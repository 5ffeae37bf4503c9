import { readFile } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import {
  type CpuTimes,
  chooseInterface,
  findMount,
  type InterfaceCounters,
  type MemoryReading,
  type Mount,
  parseCpuTimes,
  parseDefaultInterface,
  parseInterfaces,
  parseMemory,
  parseOsRelease,
} from './linux-proc.ts';

/** What is asked of the operating system again and again. Undefined where it gives no answer; nothing is invented. */
export interface HostPlatform {
  /** How many seconds lie between two readings of memory and network: reading starts a program where there is no file to read. */
  readonly readEverySeconds: number;
  cpuTimes(): Promise<CpuTimes | undefined>;
  memory(): Promise<MemoryReading | undefined>;
  network(): Promise<InterfaceCounters | undefined>;
  mountOf(path: string): Promise<Mount | undefined>;
  /** Name and version of the system as people know it, and the highest clock of the processor. */
  about(): Promise<PlatformAbout>;
}

export interface PlatformAbout {
  /** For example `Debian GNU/Linux`. */
  readonly distribution: string | null;
  /** For example `12`. */
  readonly version: string | null;
  readonly maxFrequencyMhz: number | null;
}

const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

/** Loaded where it is needed: it is large, and Linux has files to read. */
const systemInformation = () => import('systeminformation').then((module) => module.default);

const linux: HostPlatform = {
  readEverySeconds: 1,
  cpuTimes: async () => {
    const text = await readText('/proc/stat');
    return text === undefined ? undefined : parseCpuTimes(text);
  },
  memory: async () => {
    const text = await readText('/proc/meminfo');
    return text === undefined ? undefined : parseMemory(text);
  },
  network: async () => {
    const [devices, route] = await Promise.all([readText('/proc/net/dev'), readText('/proc/net/route')]);
    return devices === undefined ? undefined : chooseInterface(parseInterfaces(devices), parseDefaultInterface(route ?? ''));
  },
  mountOf: async (path) => {
    const mounts = await readText('/proc/self/mounts');
    return mounts === undefined ? undefined : findMount(mounts, path);
  },
  about: async () => {
    const [etc, usr, kilohertz] = await Promise.all([
      readText('/etc/os-release'),
      readText('/usr/lib/os-release'),
      readText('/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq'),
    ]);
    const fields = parseOsRelease(etc ?? usr ?? '');
    return {
      distribution: fields.get('NAME') ?? null,
      version: fields.get('VERSION_ID') ?? null,
      maxFrequencyMhz: kilohertz === undefined || !(Number(kilohertz) > 0) ? null : Math.round(Number(kilohertz) / 1_000),
    };
  },
};

const others: HostPlatform = {
  readEverySeconds: 5,
  cpuTimes: () => {
    let busy = 0;
    let total = 0;
    for (const { times } of cpus()) {
      busy += times.user + times.nice + times.sys + times.irq;
      total += times.user + times.nice + times.sys + times.irq + times.idle;
    }
    return Promise.resolve(total === 0 ? undefined : { busy, total });
  },
  memory: async () => {
    const found = await systemInformation()
      .then((si) => si.mem())
      .catch(() => undefined);
    return {
      totalBytes: found?.total ?? totalmem(),
      availableBytes: found?.available ?? freemem(),
      swapTotalBytes: found?.swaptotal ?? null,
      swapFreeBytes: found?.swapfree ?? null,
    };
  },
  network: async () => {
    const [found] = await systemInformation()
      .then((si) => si.networkStats())
      .catch(() => []);
    if (found === undefined) return undefined;
    return {
      id: found.iface,
      receivedBytes: found.rx_bytes,
      sentBytes: found.tx_bytes,
      receivedPackets: null,
      sentPackets: null,
      receiveErrors: found.rx_errors,
      sendErrors: found.tx_errors,
      receiveDrops: found.rx_dropped,
      sendDrops: found.tx_dropped,
    };
  },
  mountOf: async (path) => {
    const sizes = await systemInformation()
      .then((si) => si.fsSize())
      .catch(() => []);
    const wanted = path.toLowerCase();
    const found = sizes
      .filter(({ mount }) => mount !== '' && wanted.startsWith(mount.toLowerCase()))
      .sort((a, b) => b.mount.length - a.mount.length)[0];
    return found === undefined ? undefined : { mountpoint: found.mount, type: found.type || null };
  },
  about: async () => {
    const si = await systemInformation();
    const [os, cpu] = await Promise.all([si.osInfo().catch(() => undefined), si.cpu().catch(() => undefined)]);
    return {
      distribution: textOrNull(os?.distro),
      version: textOrNull(os?.release),
      // In GHz; 0 where the system does not say.
      maxFrequencyMhz: cpu?.speedMax ? Math.round(cpu.speedMax * 1_000) : null,
    };
  },
};

function textOrNull(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' || trimmed === 'unknown' ? null : trimmed;
}

/** The way to ask this operating system. */
export const hostPlatform: HostPlatform = process.platform === 'linux' ? linux : others;
