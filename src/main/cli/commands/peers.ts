import { type Command, Option } from 'commander';
import { type PeerPriority, peerPriorities } from '../../../common/contract/peers.ts';
import { contextOf } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatCount } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { printPeer, printPeers, printStatistics, printTopology } from './peers-output.ts';

interface Confirmed extends NodeFlag {
  readonly yes?: boolean;
}

/** `signalbox peers …` */
export function addPeersCommand(program: Command, io: CliIo): void {
  const peers = program
    .command('peers')
    .description('the peers of a node: health, standing, ways with their circuits, and what waits for each by priority');
  addLookingCommands(peers, io);
  addChoosingCommands(peers, io);
  addRemedies(peers, io);
}

function addLookingCommands(peers: Command, io: CliIo): void {
  withNodeOption(peers.command('list', { isDefault: true }))
    .description('list the peers with health, latency, standing, way, and messages that wait as Critical/High/Medium/Low')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { peers: all } = await withNode((client, signal) => client.call('peers.list', {}, { signal, ...atNode(options) }));
      if (out.json) for (const peer of all) out.jsonLine(peer);
      else printPeers(out, all);
    });

  withNodeOption(peers.command('show <peer>'))
    .description('one peer: why it is as it is, its ways, what waits for it, and what happened lately')
    .option('--history', 'also the samples of its health of the last six hours')
    .action(async (node: string, options: NodeFlag & { readonly history?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const answer = await withNode((client, signal) => client.call('peers.get', { node }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(answer);
      else printPeer(out, answer, options.history === true);
    });

  withNodeOption(peers.command('statistics'))
    .description('what this node has sent to peers, taken, dropped, refused and recovered from since its start')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const answer = await withNode((client, signal) => client.call('peers.statistics', {}, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(answer);
      else printStatistics(out, answer);
    });

  withNodeOption(peers.command('topology'))
    .description('who is linked with whom, and whether the cluster is in parts')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { answer, names } = await withNode(async (client, signal) => ({
        answer: await client.call('peers.topology', {}, { signal, ...atNode(options) }),
        names: (await client.call('nodes.list', { onlineOnly: false }, { signal, ...atNode(options) })).nodes,
      }));
      if (out.json) out.jsonLine(answer);
      else printTopology(out, answer, new Map(names.map(({ nodeId, name }) => [nodeId, name])));
    });
}

function addChoosingCommands(peers: Command, io: CliIo): void {
  withNodeOption(peers.command('add <peer>'))
    .description('keep a node as a peer, also while it is away; a node that was removed is a peer again')
    .option('--address <host:port>', 'where it may answer')
    .action(async (node: string, options: NodeFlag & { readonly address?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { address } = options;
      const peer = await withNode((client, signal) =>
        client.call('peers.add', { node, ...(address !== undefined && { address }) }, { signal, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(peer);
      else out.line(`${peer.name} is kept as a peer. It is ${peer.health.toLowerCase()} now.`);
    });

  withNodeOption(peers.command('remove <peer>'))
    .description('send a node nothing any more, and discard what waits for it; it stays a member of the cluster')
    .option('--yes', 'do not ask')
    .action(async (node: string, options: Confirmed, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Take ${node} out of the peers and discard what waits for it?`, node)))
        throw new UsageError(`${node} was not removed. Type it when asked, or add --yes.`);
      const answer = await withNode((client, signal) => client.call('peers.remove', { node }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(answer);
      else out.line(`${node} is no peer any more. Discarded: ${formatCount(answer.discarded, 'message')}.`);
    });
}

function addRemedies(peers: Command, io: CliIo): void {
  withNodeOption(peers.command('probe <peer>'))
    .description('send a heartbeat now, also where a circuit is open, and measure until it is acknowledged')
    .addOption(new Option('--priority <priority>', 'of the heartbeat').choices(peerPriorities).default('High'))
    .action(async (node: string, options: NodeFlag & { readonly priority: PeerPriority }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { priority } = options;
      const answer = await withNode((client, signal) => client.call('peers.probe', { node, priority }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(answer);
      else out.line(`${node} acknowledged by ${answer.kind} after ${answer.latencyMs.toFixed(1)} ms.`);
    });

  withNodeOption(peers.command('discard <peer>'))
    .description('discard what waits for a peer in one priority')
    .addOption(new Option('--priority <priority>', 'which messages').choices(peerPriorities).makeOptionMandatory())
    .option('--yes', 'do not ask')
    .action(async (node: string, options: Confirmed & { readonly priority: PeerPriority }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { priority } = options;
      if (options.yes !== true && !(await confirmByTyping(io, `Discard the ${priority} messages that wait for ${node}?`, node)))
        throw new UsageError(`Nothing was discarded. Type ${node} when asked, or add --yes.`);
      const answer = await withNode((client, signal) => client.call('peers.discard', { node, priority }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(answer);
      else out.line(`Discarded: ${formatCount(answer.discarded, 'message')}.`);
    });

  withNodeOption(peers.command('forgive <peer>'))
    .description('set the standing of a peer to nothing known, and take everything from it again')
    .action(async (node: string, options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const peer = await withNode((client, signal) => client.call('peers.forgive', { node }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(peer);
      else out.line(`${peer.name} is forgiven: its standing is that of a stranger.`);
    });
}
