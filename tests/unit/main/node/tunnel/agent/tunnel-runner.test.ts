import { expect, onTestFinished, test } from 'vitest';
import { TunnelRunner } from '../../../../../../src/main/node/tunnel/agent/tunnel-runner.ts';
import type { TunnelReport } from '../../../../../../src/main/node/tunnel/agent/worker-messages.ts';
import { recordingLogger } from '../../../../../helpers/router-fixture.ts';
import { tunnelDefinition } from '../../../../../helpers/tunnel-definition.ts';
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
const definition = () => tunnelDefinition('ws://127.0.0.1:1/', { enabled: false });

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
