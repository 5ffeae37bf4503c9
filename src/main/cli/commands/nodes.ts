import { type Command, Option } from 'commander';
import type { NodeInfo } from '../../../common/contract/nodes.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { positiveInteger } from './call.ts';
import { printActivity, printTopics } from './cluster.ts';

interface NodesOptions {
  readonly online?: boolean;
  readonly activity?: boolean;
  readonly topics?: boolean;
}

/** `signalbox nodes`, `signalbox nodes --activity`, `signalbox nodes --topics` and `signalbox nodes ping NODE` */
export function addNodesCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const nodes = withCommonOptions(program.command('nodes'))
    .description('list the nodes of the cluster, as the connected one sees them')
    .option('--online', 'only those that are there')
    .addOption(new Option('--activity', 'the calls of all nodes: how many, how fast, how many failed').conflicts(['topics', 'online']))
    .addOption(new Option('--topics', 'the topics of all nodes with rates, subscribers and losses').conflicts('online'))
    .action(async (options: NodesOptions, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.activity === true) {
        const answer = await withNode((client, signal) => client.call('cluster.activity', {}, { signal }));
        setExitCode(printActivity(out, answer));
        return;
      }
      if (options.topics === true) {
        const answer = await withNode((client, signal) => client.call('cluster.topics', {}, { signal }));
        setExitCode(printTopics(out, answer));
        return;
      }
      const onlineOnly = options.online === true;
      const result = await withNode((client, signal) => client.call('nodes.list', { onlineOnly }, { signal }));
      if (out.json) for (const node of result.nodes) out.jsonLine(node);
      else printNodes(out, result.nodes);
    });

  withCommonOptions(nodes.command('ping <node>'))
    .description('measure the way to a node and how far its clock is off')
    .option('--count <n>', 'round trips (default 3)', positiveInteger)
    .action(async (node: string, options: { readonly count?: number }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const ping = await withNode((client, signal) =>
        client.call('nodes.ping', { node, ...(options.count !== undefined && { count: options.count }) }, { signal }),
      );
      if (out.json) out.jsonLine(ping);
      else
        out.fields([
          ['node', `${ping.name} (${shortNodeId(ping.nodeId)})`],
          ['round trips', ping.roundTripsMs.map((ms) => `${ms.toFixed(1)} ms`).join(', ')],
          ['shortest', `${ping.rttMs.toFixed(1)} ms`],
          ['clock', clock(ping.clockOffsetMs)],
        ]);
    });
}

function printNodes(out: Output, nodes: readonly NodeInfo[]): void {
  out.table(
    ['name', 'node', 'status', 'way', 'health', 'calls', 'clock', 'round trip', 'version', 'last seen', 'capabilities'],
    nodes.map((node) => [
      node.self ? `${node.name} (this one)` : node.name,
      shortNodeId(node.nodeId),
      node.circuit === 'closed' ? node.status : `${node.status}, does not answer`,
      node.via === null ? null : `${node.via}${node.secure ? '' : ', not signed'}`,
      node.health,
      node.load,
      clock(node.clockOffsetMs),
      node.rttMs === null ? null : `${node.rttMs.toFixed(1)} ms`,
      node.version,
      formatTime(node.lastSeenAt),
      node.capabilities.join(', '),
    ]),
  );
}

function clock(offsetMs: number | null): string | null {
  if (offsetMs === null) return null;
  return `${offsetMs >= 0 ? '+' : ''}${offsetMs} ms`;
}
