import { totalmem } from 'node:os';
import type { z } from 'zod';
import type { processSchema, systemContract } from '../../../common/contract/system.ts';
import type { Handlers } from '../router/types.ts';
import type { WorkerSample } from '../store/index.ts';
import type { HostMonitor, MetricHistory } from '../telemetry/index.ts';
import type { NodeSampler } from './node-sampler.ts';

/** One process or thread of the node. */
export type ProcessSample = z.infer<typeof processSchema>;

export interface SystemServiceOptions {
  readonly host: HostMonitor;
  readonly history: MetricHistory;
  readonly sampler: NodeSampler;
  readonly store: { readonly sqliteVersion: string | null; sample(): Promise<WorkerSample | undefined> };
  /** Processes that only the host of the node knows: windows, graphics. */
  readonly extraProcesses: () => readonly ProcessSample[];
  readonly nowMs?: () => number;
}

/** The machine and the node's own processes, with real values; null where the platform has none. */
export function createSystemService(options: SystemServiceOptions): Handlers<Exclude<keyof typeof systemContract, 'system.checks'>> {
  const { host, history, sampler, store, extraProcesses, nowMs = Date.now } = options;
  return {
    'system.info': async () => {
      const [facts, stats] = await Promise.all([host.facts(), host.stats()]);
      const {
        node,
        electron = null,
        chrome = null,
        openssl = null,
      } = process.versions as Record<string, string | undefined> & { node: string };
      return {
        hostname: facts.hostname,
        os: { platform: facts.platform, arch: facts.arch, release: facts.release, distribution: facts.distribution },
        cpu: { model: facts.cpuModel, cores: facts.cores },
        memoryBytes: totalmem(),
        // Electron is built with BoringSSL and gives this in its place.
        runtime: { node, electron, chrome, sqlite: store.sqliteVersion, openssl: openssl === '0.0.0' ? null : openssl },
        ...stats,
      };
    },
    'system.stats': () => host.stats(),
    'system.processes': async () => {
      const worker = await store.sample();
      const uptimeMs = Math.round(process.uptime() * 1_000);
      const main: ProcessSample = {
        kind: 'main',
        name: 'node',
        pid: process.pid,
        cpuPercent: sampler.processCpuPercent,
        memoryBytes: process.memoryUsage.rss(),
        eventLoopDelayP99Ms: sampler.eventLoopDelayP99Ms,
        uptimeMs,
      };
      const workers: ProcessSample[] =
        worker === undefined ? [] : [{ kind: 'worker', name: 'store', pid: process.pid, uptimeMs, ...worker }];
      return { processes: [main, ...workers, ...extraProcesses()] };
    },
    'system.history': ({ windowMs, maxPoints }) => history.read(windowMs, maxPoints, nowMs()),
  };
}
