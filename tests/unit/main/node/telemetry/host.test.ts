import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { systemStatsSchema } from '../../../../../src/common/contract/system.ts';
import {
  chooseInterface,
  findMount,
  parseCpuTimes,
  parseDefaultInterface,
  parseInterfaces,
  parseMemory,
  parseOsRelease,
} from '../../../../../src/main/node/telemetry/host/linux-proc.ts';
import type { HostPlatform } from '../../../../../src/main/node/telemetry/host/platform.ts';
import { HostMonitor } from '../../../../../src/main/node/telemetry/index.ts';

test('the kernel texts are read', () => {
  expect(parseCpuTimes('cpu  100 5 50 800 20 1 2 3 9 0\ncpu0 1 2 3 4\n')).toEqual({ busy: 161, total: 981 });
  expect(parseCpuTimes('nothing')).toBeUndefined();
  expect(parseMemory('MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    400 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n')).toEqual({
    totalBytes: 1_024_000,
    availableBytes: 409_600,
    swapTotalBytes: 0,
    swapFreeBytes: 0,
  });
  expect(parseMemory('MemTotal: 10 kB\nMemFree: 4 kB\n')).toEqual({
    totalBytes: 10_240,
    availableBytes: 4_096,
    swapTotalBytes: null,
    swapFreeBytes: null,
  });
  expect(parseOsRelease('NAME="Debian GNU/Linux"\nVERSION_ID=12\nID=debian\n').get('NAME')).toBe('Debian GNU/Linux');
  expect(parseOsRelease('NAME="Debian GNU/Linux"\nVERSION_ID=12\n').get('VERSION_ID')).toBe('12');
});

test('the interface of the default route is shown, else the busiest that is not the loopback', () => {
  const text = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
    '    lo: 9000 1 0 0 0 0 0 0 9000 1 0 0 0 0 0 0',
    '  eth0: 700 7 1 2 0 0 0 0 300 3 4 5 0 0 0 0',
    ' wlan0:8000 8 0 0 0 0 0 0 100 1 0 0 0 0 0 0',
  ].join('\n');
  const interfaces = parseInterfaces(text);
  const route = 'Iface\tDestination\tGateway\neth0\t00000000\t010200C0\t0003\n';
  expect(chooseInterface(interfaces, parseDefaultInterface(route))).toEqual({
    id: 'eth0',
    receivedBytes: 700,
    receivedPackets: 7,
    receiveErrors: 1,
    receiveDrops: 2,
    sentBytes: 300,
    sentPackets: 3,
    sendErrors: 4,
    sendDrops: 5,
  });
  expect(chooseInterface(interfaces, undefined)?.id).toBe('wlan0');
  expect(chooseInterface(parseInterfaces('    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0'), undefined)).toBeUndefined();
});

test('the mount of a folder is the longest that holds it', () => {
  const mounts = 'a / ext4 rw 0 0\nb /data ext4 rw 0 0\nc /data\\040two xfs rw 0 0\nd /data tmpfs rw 0 0\n';
  expect(findMount(mounts, '/data/node')).toEqual({ mountpoint: '/data', type: 'tmpfs' });
  expect(findMount(mounts, '/data two/node')).toEqual({ mountpoint: '/data two', type: 'xfs' });
  expect(findMount(mounts, '/database')).toEqual({ mountpoint: '/', type: 'ext4' });
});

test('the machine that runs this test answers in the shape of /stats', async () => {
  const monitor = new HostMonitor({ folder: tmpdir() });
  await monitor.sample();
  const stats = systemStatsSchema.parse(await monitor.stats());
  expect(stats.system.memory.total).toBeGreaterThan(1e8);
  expect(stats.system.disk.total).toBeGreaterThan(1e6);
  expect(stats.system.cpu.count).toBeGreaterThanOrEqual(1);
});

test('rates come from two readings; what the platform does not give is null', async () => {
  let nowMs = 0;
  let received = 1_000;
  const platform: HostPlatform = {
    readEverySeconds: 1,
    cpuTimes: () => Promise.resolve({ busy: nowMs / 4, total: nowMs }),
    memory: () => Promise.resolve(undefined),
    network: () =>
      Promise.resolve({
        id: 'eth0',
        receivedBytes: received,
        sentBytes: null,
        receivedPackets: null,
        sentPackets: null,
        receiveErrors: null,
        sendErrors: null,
        receiveDrops: null,
        sendDrops: null,
      }),
    mountOf: () => Promise.resolve(undefined),
    about: () => Promise.resolve({ distribution: null, version: null, maxFrequencyMhz: null }),
  };
  const monitor = new HostMonitor({ folder: '/does/not/exist', platform, nowMs: () => nowMs });
  await monitor.sample();
  expect(monitor.cpuPercent).toBeNull();
  nowMs = 2_000;
  received = 5_000;
  await monitor.sample();
  expect([monitor.cpuPercent, monitor.receivedBytesPerSecond, monitor.sentBytesPerSecond]).toEqual([25, 2_000, null]);
  received = 10;
  nowMs = 3_000;
  await monitor.sample();
  expect(monitor.receivedBytesPerSecond).toBeNull();
  const { system } = systemStatsSchema.parse(await monitor.stats());
  expect(system.memory).toEqual({ total: null, used: null, free: null, swap_total: null, swap_used: null, swap_free: null, percent: null });
  expect(system.disk).toEqual({ mountpoint: null, fstype: null, total: null, used: null, free: null, percent: null });
});
