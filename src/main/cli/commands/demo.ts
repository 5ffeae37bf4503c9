import { type Command, InvalidArgumentError } from 'commander';
import { shortNodeId } from '../../../common/ids.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';
import { positiveInteger } from './call.ts';
import { findConsoleFolder } from './start.ts';

const mostNodes = 50;

/** `signalbox demo`: resolves when the cluster has stopped. */
export function addDemoCommand(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('run a cluster of nodes on this machine with lively traffic, until Ctrl-C; leaves nothing behind')
    .option('--nodes <n>', `how many, ${mostNodes} at most (default 3)`, nodeCount)
    .option('--quiet', 'nodes alone, without traffic')
    .option('--json', 'JSON for programs: one line a node')
    .action(async (options: { readonly nodes?: number; readonly quiet?: boolean }, command: Command) => {
      const out = new Output(io, command.optsWithGlobals<{ readonly json?: boolean }>().json === true);
      // Loaded only here: the other commands need no node.
      const { DemoCluster } = await import('../demo/demo-cluster.ts');
      const consoleFolder = findConsoleFolder();
      const cluster = new DemoCluster({ nodes: options.nodes ?? 3, traffic: options.quiet !== true, consoleFolder });
      const stopped = interrupted();
      try {
        await cluster.start();
        if (consoleFolder === undefined) out.note('The console is not built here, so it is not served. Build it with: npm run build');
        for (const node of cluster.nodes) {
          const { nodeId, name, url, setupUrl, dataFolder } = node;
          if (out.json) out.jsonLine({ event: 'started', nodeId, name, url, setupUrl, dataFolder, hub: cluster.hubUrl });
        }
        if (!out.json) announce(out, cluster);
        await Promise.race([stopped.promise, cluster.failed]);
      } finally {
        stopped.dispose();
        await cluster.stop();
      }
      if (out.json) out.jsonLine({ event: 'stopped' });
      else out.line('The demo has stopped.');
    });
}

function nodeCount(text: string): number {
  const count = positiveInteger(text);
  if (count > mostNodes) throw new InvalidArgumentError(`Give a whole number from 1 to ${mostNodes}.`);
  return count;
}

interface Announced {
  readonly hubUrl: string;
  readonly isCluster: boolean;
  readonly nodes: readonly {
    readonly nodeId: string;
    readonly name: string;
    readonly url: string;
    readonly setupUrl: string;
    readonly dataFolder: string;
  }[];
}

function announce(out: Output, { hubUrl, nodes, isCluster }: Announced): void {
  out.table(
    ['node', 'id', 'console', 'data folder (for --data)'],
    nodes.map(({ name, nodeId, url, dataFolder }) => [name, shortNodeId(nodeId), url, dataFolder]),
  );
  const [first] = nodes;
  const at = `--data ${first?.dataFolder}`;
  out.line();
  out.line(`The MQTT broker is at ${hubUrl}, topics below cloudisense/.`);
  out.line('This link makes an administrator of the first node; it is good once:');
  out.line(`  ${first?.setupUrl}`);
  out.line('Look around from another terminal:');
  out.line(`  signalbox nodes ${at}`);
  out.line(`  signalbox call node.status --all ${at}`);
  out.line(`  signalbox subscribe '+/site/#' ${at}`);
  out.line(`  signalbox peers ${at}`);
  out.line(`  signalbox store ls ${at}`);
  out.line(`  signalbox ledger list ${at}`);
  if (isCluster) {
    out.line(`  signalbox queue list ${at}`);
    out.line(`  signalbox queue tail orders ${at}`);
    out.line(`  signalbox tunnel list ${at}`);
    out.line(`  signalbox tunnel inspect --follow ${at}`);
    out.line('Make a replica fall behind, or lose the leader, and watch it: restart a node while you look at the groups:');
    out.line(`  signalbox call node.restart --node ${nodes[1]?.name ?? first?.name} ${at}`);
    out.line(`  signalbox broker groups ${at}`);
    out.line('Make readers fall behind (shipping takes eight a second, in shifts):');
    out.line(`  seq 500 | signalbox queue append orders ${at}`);
    out.line('To bring this laptop’s own node in, make a join code and type what it says:');
    out.line(`  signalbox cluster invite --roles peer,operator ${at}`);
  } else {
    out.line('So many nodes are in no cluster of keys, and keep no queues.');
    out.line('To bring this laptop’s own node in, choose an external broker at that address in its Settings, Federation, and restart it.');
  }
  out.line();
  out.line('Stop with Ctrl-C.');
}

/** Resolves at SIGINT or SIGTERM, also one that came before it was waited for. */
function interrupted(): { readonly promise: Promise<void>; dispose(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil;
  });
  process.on('SIGINT', resolve);
  process.on('SIGTERM', resolve);
  return {
    promise,
    dispose: () => {
      process.off('SIGINT', resolve);
      process.off('SIGTERM', resolve);
    },
  };
}
