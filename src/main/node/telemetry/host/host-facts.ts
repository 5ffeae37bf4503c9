import { arch, cpus, hostname, release, type } from 'node:os';
import { hostPlatform, type PlatformAbout } from './platform.ts';

/** What does not change while the node runs. */
export interface HostFacts extends PlatformAbout {
  readonly hostname: string;
  readonly platform: string;
  readonly arch: string;
  readonly type: string;
  readonly release: string;
  readonly cpuModel: string | null;
  readonly cores: number;
}

/** Asked once. */
export async function readHostFacts(): Promise<HostFacts> {
  const processors = cpus();
  return {
    ...(await hostPlatform.about()),
    hostname: hostname(),
    platform: process.platform,
    arch: arch(),
    type: type(),
    release: release(),
    cpuModel: processors[0]?.model.trim() || null,
    cores: processors.length || 1,
  };
}
