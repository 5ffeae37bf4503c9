import { onTestFinished } from 'vitest';
import { EmbeddedHub, type EmbeddedHubOptions } from '../../src/main/node/federation/hub/embedded-hub.ts';
import { Problems } from '../../src/main/node/telemetry/index.ts';
import { type LogLine, recordingLogger } from './router-fixture.ts';

export interface HubFixture {
  readonly hub: EmbeddedHub;
  readonly port: number;
  readonly url: string;
  readonly problems: Problems;
  readonly lines: readonly LogLine[];
}

/** The embedded broker in its real thread on a free port; stopped when the test ends. */
export async function startHub(options: Partial<EmbeddedHubOptions> = {}): Promise<HubFixture> {
  const logger = recordingLogger();
  const problems = new Problems();
  const hub = new EmbeddedHub({ host: '127.0.0.1', port: 0, prefix: 'cloudisense', logger, problems, ...options });
  await hub.start();
  onTestFinished(() => hub.stop());
  const port = hub.port ?? 0;
  return { hub, port, url: `mqtt://127.0.0.1:${port}`, problems, lines: logger.lines };
}
