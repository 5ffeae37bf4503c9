import { expect, test } from 'vitest';
import { agentLimits } from '../../../src/main/node/tunnel/agent/limits.ts';
import { exchangeRaw } from '../../helpers/raw-http.ts';
import { agentOptions } from '../../helpers/tunnel-fixture.ts';
import { small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';
import { startAgentProcess, startGatewayProcess } from '../../helpers/tunnel-processes.ts';

const count = 200;
/** Handshakes that a gateway lets in, a second and at once (tunnel.md, advice 8). */
const admittedPerSecond = 50;
const backWithinMs = 20_000;

test(`${count} agents come back to a gateway that has started again, no faster than they are let in`, async () => {
  const origin = await startTunnelOrigin();
  const first = await startGatewayProcess();
  const { agentsPort, publicPort } = first;
  const agentIds = Array.from({ length: count }, (_, index) => `press-${index}`);
  const agents = startAgentProcess(agentOptions(first, { target: origin.target, agentIds }));
  await agents.up();
  // A connection that was good for ten seconds is asked for often when it is lost.
  await new Promise((resolve) => setTimeout(resolve, agentLimits.healthyMs + 1_000));
  await first.kill();
  const second = await startGatewayProcess({ agentsPort, publicPort });
  const startedMs = performance.now();
  const series: number[] = [];
  await expect
    .poll(
      async () => {
        const { sessions, signedIn } = await second.figures();
        series.push(signedIn);
        // As many at once, and then so many a second.
        expect(signedIn).toBeLessThanOrEqual(admittedPerSecond * (2 + (performance.now() - startedMs) / 1_000));
        return sessions;
      },
      { timeout: backWithinMs, interval: 250 },
    )
    .toBe(count);
  const { signIns, signedIn } = await second.figures();
  console.log(
    `${count} agents back after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s; signed in, each 250 ms: ${series.join(', ')}`,
  );
  console.log('sign-ins that were not let in at once:', signIns);
  expect(signedIn).toBe(count);
  for (const agentId of agentIds) {
    const answer = await exchangeRaw(publicPort, `GET /small HTTP/1.1\r\nHost: ${agentId}.gateway.test\r\nConnection: close\r\n\r\n`);
    expect(answer?.body.toString()).toBe(small);
  }
});
