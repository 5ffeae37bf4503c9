/** The thread of a node's tunnels: connections to gateways and to local services (tunnel.md: never on the main thread). */
import { runThread } from '../../threads/index.ts';
import { TunnelRunner } from './tunnel-runner.ts';
import type { TunnelsThread } from './worker-messages.ts';

const statusEveryMs = 1_000;

runThread<TunnelsThread>(({ data, logger, report }) => {
  const runner = new TunnelRunner({ ...data, logger, report });
  const timer = setInterval(() => runner.report(), statusEveryMs);
  return {
    ready: undefined,
    methods: {
      requests: (params, { signal }) => runner.requests(params, signal),
      request: (params) => runner.request(params),
      replay: (params) => runner.replay(params),
      clearRequests: (params) => runner.clearRequests(params),
      test: ({ tunnelId }) => runner.test(tunnelId),
    },
    told: {
      set: ({ definition, revision }) => runner.set(definition, revision),
      capture: ({ tunnelId, capture }) => runner.setCapture(tunnelId, capture),
      remove: (tunnelId) => runner.remove(tunnelId),
      listen: (agentIds) => runner.setListening(agentIds),
    },
    stop: () => {
      clearInterval(timer);
      return runner.stop();
    },
  };
});
