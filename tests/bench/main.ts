/** `npm run bench -- NAME [--json] [--rounds N] [--seconds S]`: runs one benchmark, or all of them. */
import { parseArgs } from 'node:util';
import type { Bench } from './harness.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  'rpc-remote': async () => (await import('./rpc-remote.ts')).rpcRemote,
  'remote-events': async () => (await import('./remote-events.ts')).remoteEvents,
  'rpc-local': async () => (await import('./rpc-local.ts')).rpcLocal,
  secure: async () => (await import('./secure.ts')).secure,
  console: async () => (await import('./console.ts')).consoleUnderLoad,
  queue: async () => (await import('./queue/queue.ts')).queue,
  'queue-failover': async () => (await import('./queue/failover.ts')).queueFailover,
  'queue-desktop': async () => (await import('./queue/desktop.ts')).queueDesktop,
  'console-nodes': async () => (await import('./console-nodes.ts')).consoleOfManyNodes,
  tunnel: async () => (await import('./tunnel/tunnel.ts')).tunnel,
  'tunnel-node': async () => (await import('./tunnel/node.ts')).tunnelNode,
  peers: async () => (await import('./peers/peers.ts')).peers,
  'queue-depth': async () => (await import('./queue-depth.ts')).queueDepth,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
  },
});

const names = positionals.length === 0 ? Object.keys(benches) : positionals;
let allHold = true;
for (const name of names) {
  const load = benches[name];
  if (load === undefined) {
    console.error(`There is no benchmark ${name}. There are: ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  const bench = await load();
  allHold = (await bench({ json: values.json, rounds: Number(values.rounds), seconds: Number(values.seconds) })) && allHold;
}
process.exitCode = allHold ? 0 : 1;
