/** Readers of the kernel's text files. Pure: they take the text and give numbers, null where the kernel does not say. */

export interface CpuTimes {
  /** Ticks spent on work since the machine started. */
  readonly busy: number;
  readonly total: number;
}

export interface MemoryReading {
  readonly totalBytes: number;
  /** What programs could still get without swapping. */
  readonly availableBytes: number;
  readonly swapTotalBytes: number | null;
  readonly swapFreeBytes: number | null;
}

export interface InterfaceCounters {
  readonly id: string;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
  readonly receivedPackets: number | null;
  readonly sentPackets: number | null;
  readonly receiveErrors: number | null;
  readonly sendErrors: number | null;
  readonly receiveDrops: number | null;
  readonly sendDrops: number | null;
}

export interface Mount {
  readonly mountpoint: string;
  readonly type: string | null;
}

/** First line of `/proc/stat`. Guest time is already part of user time and not counted twice. */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const line = /^cpu +(.+)$/m.exec(stat)?.[1];
  if (line === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = line.split(' ').map(Number);
  const busy = user + nice + system + irq + softIrq + steal;
  return { busy, total: busy + idle + ioWait };
}

/** `/proc/meminfo`. */
export function parseMemory(text: string): MemoryReading | undefined {
  const kibibytes = (name: string): number | null => {
    const found = new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found) * 1_024;
  };
  const totalBytes = kibibytes('MemTotal');
  const availableBytes = kibibytes('MemAvailable') ?? kibibytes('MemFree');
  if (totalBytes === null || availableBytes === null) return undefined;
  return { totalBytes, availableBytes, swapTotalBytes: kibibytes('SwapTotal'), swapFreeBytes: kibibytes('SwapFree') };
}

/** `/proc/net/dev`, by interface. */
export function parseInterfaces(text: string): Map<string, InterfaceCounters> {
  const interfaces = new Map<string, InterfaceCounters>();
  for (const [, id = '', numbers = ''] of text.matchAll(/^ *([^\s:|]+): *(\d[\d ]*)$/gm)) {
    const fields = numbers.trim().split(/ +/).map(Number);
    const at = (index: number): number | null => fields[index] ?? null;
    interfaces.set(id, {
      id,
      receivedBytes: at(0),
      receivedPackets: at(1),
      receiveErrors: at(2),
      receiveDrops: at(3),
      sentBytes: at(8),
      sentPackets: at(9),
      sendErrors: at(10),
      sendDrops: at(11),
    });
  }
  return interfaces;
}

/** The interface of the default route in `/proc/net/route`. */
export function parseDefaultInterface(route: string): string | undefined {
  return /^(\S+)\t00000000\t/m.exec(route)?.[1];
}

/** The interface whose numbers are shown: that of the default route, else the busiest that is not the loopback. */
export function chooseInterface(
  interfaces: ReadonlyMap<string, InterfaceCounters>,
  preferred: string | undefined,
): InterfaceCounters | undefined {
  const traffic = ({ receivedBytes, sentBytes }: InterfaceCounters) => (receivedBytes ?? 0) + (sentBytes ?? 0);
  const chosen = preferred === undefined ? undefined : interfaces.get(preferred);
  return chosen ?? [...interfaces.values()].filter(({ id }) => id !== 'lo').sort((a, b) => traffic(b) - traffic(a))[0];
}

/** The mount in `/proc/self/mounts` that holds a path: the one with the longest matching prefix, the last of equals. */
export function findMount(mounts: string, path: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mounts.split('\n')) {
    const [, rawPoint, type] = line.split(' ');
    if (rawPoint === undefined || type === undefined) continue;
    const mountpoint = rawPoint.replace(/\\(\d{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const inside = path === mountpoint || path.startsWith(mountpoint.endsWith('/') ? mountpoint : `${mountpoint}/`);
    if (inside && mountpoint.length >= (best?.mountpoint.length ?? 0)) best = { mountpoint, type };
  }
  return best;
}

/** `/etc/os-release`: shell assignments, values quoted or not. */
export function parseOsRelease(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = '', quoted, bare] of text.matchAll(/^([A-Z0-9_]+)=(?:"([^"]*)"|'?([^'\n]*)'?)$/gm))
    fields.set(name, quoted ?? bare ?? '');
  return fields;
}
