import { expect, onTestFinished, test } from 'vitest';
import { newTunnelId, type TunnelDefinition } from '../../../../../../src/main/node/tunnel/agent/tunnel-definition.ts';
import { TunnelRunner } from '../../../../../../src/main/node/tunnel/agent/tunnel-runner.ts';
import type { TunnelReport } from '../../../../../../src/main/node/tunnel/agent/worker-messages.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';
import { until } from '../../../../../helpers/until.ts';

function startRunner() {
  const told: (readonly TunnelReport[])[] = [];
  const runner = new TunnelRunner({
    nodeId: 'n1press',
    software: 'test',
    logger: recordingLogger(),
    report: (name, value) => {
      if (name === 'status') told.push(value as readonly TunnelReport[]);
    },
  });
  onTestFinished(() => runner.stop());
  return { runner, told };
}

/** One that leads nowhere. */
function definition(): TunnelDefinition {
  return {
    tunnelId: newTunnelId(),
    agentId: 'press-07',
    kind: 'http',
    target: { host: '127.0.0.1', port: 1 },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    gateway: { url: 'ws://127.0.0.1:1/', tokenId: 'T-1', secret: 'A'.repeat(43), legacy: false, verify: 'token', nodeId: null },
    enabled: false,
    capture: { level: 'off', maxBodyBytes: 1_024, redactedHeaders: [] },
    createdAt: 1,
  };
}

test('a tunnel that is set runs; one that is set when all have ended does not begin', async () => {
  const { runner, told } = startRunner();
  const first = definition();
  runner.set(first, 1);
  await until(() => told.length > 0);
  expect(told.at(-1)).toMatchObject([{ tunnelId: first.tunnelId, revision: 1 }]);
  await runner.stop();
  told.length = 0;
  runner.set(definition(), 2);
  await until(() => told.length > 0);
  expect(told.at(-1)).toEqual([]);
});
