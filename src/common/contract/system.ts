import { z } from 'zod';
import { defineService } from './define.ts';

const bytes = z.number().nonnegative().nullable();
const percent = z.number().min(0).max(100).nullable();
const count = z.number().nonnegative().nullable();

/** `/stats` (wire.md 1.1): sizes in bytes, percents 0 to 100, times in ms; null where the platform has no value. */
export const systemStatsSchema = z.object({
  system: z.object({
    os: z.object({
      arch: z.string().nullable(),
      name: z.string().nullable(),
      type: z.string().nullable(),
      flavor: z.string().nullable(),
      version: z.string().nullable(),
      boot_time: z.number().nullable(),
      uptime: z.number().nullable(),
      system_datetime: z.number(),
      timezone: z.string().nullable(),
      average_load: z.array(z.number()).nullable(),
    }),
    cpu: z.object({ max_frequency: z.number().nullable(), count: z.number().int().nullable(), percent }),
    memory: z.object({ total: bytes, used: bytes, free: bytes, swap_total: bytes, swap_used: bytes, swap_free: bytes, percent }),
    disk: z.object({
      mountpoint: z.string().nullable(),
      fstype: z.string().nullable(),
      total: bytes,
      used: bytes,
      free: bytes,
      percent,
    }),
    network: z.object({
      id: z.string().nullable(),
      bytes_sent: bytes,
      bytes_recv: bytes,
      packets_sent: count,
      packets_recv: count,
      errin: count,
      errout: count,
      dropin: count,
      dropout: count,
      bytes_recv_rate: z.number().nullable(),
      bytes_sent_rate: z.number().nullable(),
    }),
  }),
  target: z.null(),
});
export type SystemStats = z.infer<typeof systemStatsSchema>;

export const systemInfoSchema = z.object({
  hostname: z.string(),
  os: z.object({ platform: z.string(), arch: z.string(), release: z.string(), distribution: z.string().nullable() }),
  cpu: z.object({ model: z.string().nullable(), cores: z.number().int() }),
  memoryBytes: z.number(),
  runtime: z.object({
    node: z.string(),
    electron: z.string().nullable(),
    chrome: z.string().nullable(),
    sqlite: z.string().nullable(),
    openssl: z.string().nullable(),
  }),
  ...systemStatsSchema.shape,
});

export const processSchema = z.object({
  kind: z.string().describe('main, worker, renderer, gpu, utility'),
  name: z.string(),
  pid: z.number().int().nullable(),
  cpuPercent: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  eventLoopDelayP99Ms: z.number().nullable(),
  uptimeMs: z.number().nullable(),
});

/** One second of the node's life, for charts. */
export const metricPointSchema = z.object({
  timestamp: z.number().describe('Milliseconds since the epoch, end of the bucket'),
  rpcPerSecond: z.number(),
  rpcErrorsPerSecond: z.number(),
  rpcP50Ms: z.number().nullable(),
  rpcP95Ms: z.number().nullable(),
  eventsPerSecond: z.number(),
  eventsDroppedPerSecond: z.number(),
  cpuPercent: z.number().nullable(),
  memoryPercent: z.number().nullable(),
  diskPercent: z.number().nullable(),
  networkReceivedBytesPerSecond: z.number().nullable(),
  networkSentBytesPerSecond: z.number().nullable(),
  eventLoopDelayP99Ms: z.number().nullable(),
  clients: z.number().int(),
});
export type MetricPoint = z.infer<typeof metricPointSchema>;

/** One thing that has to be right before a node is of use to others, looked at just now. */
export const checkSchema = z.object({
  id: z.enum(['console', 'links', 'exposure', 'clock', 'keyStore', 'broker']),
  state: z.enum(['pass', 'warn', 'fail', 'unknown']).describe('unknown: there is nothing to compare with yet'),
  title: z.string().describe('What was found, with the number'),
  detail: z.string().nullable().describe('What it means'),
  fix: z.string().nullable().describe('What a person can do about it'),
  view: z.string().nullable().describe('Console path where it is done'),
});
export type Check = z.infer<typeof checkSchema>;

export const systemContract = defineService({
  'system.info': {
    params: z.strictObject({}),
    result: systemInfoSchema,
    role: 'viewer',
    effect: 'read',
    help: 'The machine, its operating system and the versions the node runs on, with the statistics of now.',
  },
  'system.stats': {
    params: z.strictObject({}),
    result: systemStatsSchema,
    role: 'viewer',
    effect: 'read',
    help: 'Load of processor, memory, disk and network, as the topic /stats carries it.',
  },
  'system.processes': {
    params: z.strictObject({}),
    result: z.object({ processes: z.array(processSchema) }),
    role: 'viewer',
    effect: 'read',
    help: "The node's own processes and threads: memory, processor, event-loop delay.",
    quiet: true,
  },
  'system.history': {
    params: z.strictObject({
      windowMs: z.number().int().min(1_000).max(86_400_000).default(900_000).describe('How far back, in milliseconds'),
      maxPoints: z.number().int().min(10).max(2_000).default(900).describe('Most points; wider windows are averaged'),
    }),
    result: z.object({ intervalMs: z.number(), points: z.array(metricPointSchema) }),
    role: 'viewer',
    effect: 'read',
    help: 'Measured load and traffic of the last minutes or hours, for charts. Live: topic /metrics.',
    quiet: true,
  },
  'system.checks': {
    params: z.strictObject({}),
    result: z.object({ checks: z.array(checkSchema), checkedAt: z.number().describe('Milliseconds since the epoch') }),
    role: 'viewer',
    effect: 'read',
    help: 'Whether ports, clock, key store and broker are as the node needs them, with what to do where they are not.',
    quiet: true,
  },
});
