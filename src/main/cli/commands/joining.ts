import type { Command } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { AskProgress, JoinRequestEntry } from '../../../common/contract/joining.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { type CommandContext, contextOf, withCommonOptions } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime } from '../output.ts';
import { confirm, readShown } from '../read-secret.ts';
import { type InvitedRole, readInvitedRoles } from './member-roles.ts';

/** People decide: a minute for the number, a minute to accept, and what joining takes. */
const askTimeoutMs = 150_000;

/** The commands of `signalbox cluster` for finding nodes, asking one, and letting nodes in that ask. */
export function addJoiningCommands(cluster: Command, io: CliIo): void {
  withCommonOptions(cluster.command('nearby'))
    .description('list nodes that were found on the local network, as they say themselves')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { state, detail, nodes } = await withNode((client, signal) => client.call('membership.nearby', {}, { signal }));
      if (out.json) for (const node of nodes) out.jsonLine(node);
      else
        out.table(
          ['node', 'cluster', 'one can join', 'address', 'short id', 'heard'],
          nodes.map((node) => [
            node.name,
            node.cluster,
            node.takesRequests ? 'yes' : 'no',
            node.address,
            node.shortId,
            formatTime(node.seenAt),
          ]),
        );
      if (state === 'off') out.note('Finding nodes is off: signalbox config set links.discovery=on');
      if (detail !== null) out.note(detail);
    });

  withCommonOptions(cluster.command('ask'))
    .description('ask to join without a code: an admin types the number that is shown here')
    .requiredOption('--at <host:port|name>', 'address of an admin node, or its name in: cluster nearby')
    .option('--yes', 'take the answer without asking whether the admin has given it')
    .action(async ({ at, yes }: { readonly at: string; readonly yes?: boolean }, command: Command) => {
      const context = contextOf(command, io);
      const joined = await context.withNode(async (client, signal) => {
        const address = await addressOf(client, at, signal);
        const onProgress = (progress: AskProgress) => void guide(context, client, progress, yes === true);
        return client.call('membership.ask', { address }, { signal, timeoutMs: askTimeoutMs, onProgress });
      });
      if (context.out.json) context.out.jsonLine(joined);
      else context.out.line(`Joined the cluster ${joined.name} with ${joined.members} members.`);
    });

  withCommonOptions(cluster.command('requests'))
    .description('list nodes that wait to be let in here')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { requests } = await withNode((client, signal) => client.call('membership.requests', {}, { signal }));
      if (out.json) for (const request of requests) out.jsonLine(request);
      else
        out.table(
          ['node', 'with', 'roles', 'address', 'until', 'id', 'fingerprint'],
          requests.map((row) => [
            row.name,
            row.kind === 'code' ? 'a code' : 'a number',
            row.roles?.join(', '),
            row.address,
            formatTime(row.expiresAt),
            row.requestId,
            row.fingerprint.words.join(' '),
          ]),
        );
    });

  withCommonOptions(cluster.command('admit <request>'))
    .description('let a node in that waits: by its name, short id or id in: cluster requests')
    .option('--number <digits>', 'what its screen shows; asked for when absent')
    .option('--roles <roles>', 'what it may do, with commas; for one without a code', readInvitedRoles)
    .action(async (request: string, options: { readonly number?: string; readonly roles?: InvitedRole[] }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const admitted = await withNode(async (client, signal) => {
        const { requestId, kind, name } = await requestOf(client, request, signal);
        const number = kind === 'code' ? undefined : (options.number ?? (await readShown(io, `Number on the screen of ${name}: `)));
        const params = { requestId, ...(number !== undefined && { number }), ...(options.roles && { roles: options.roles }) };
        return client.call('membership.admit', params, { signal });
      });
      if (out.json) out.jsonLine(admitted);
      else out.line(`${admitted.name} is let in with the roles ${admitted.roles.join(', ')}. Tell them that it was you.`);
    });

  withCommonOptions(cluster.command('refuse <request>'))
    .description('send a node away that waits: by its name, short id or id')
    .action(async (request: string, _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { name } = await withNode(async (client, signal) => {
        const found = await requestOf(client, request, signal);
        await client.call('membership.refuse', { requestId: found.requestId }, { signal });
        return found;
      });
      if (out.json) out.jsonLine({ refused: true });
      else out.line(`${name} is refused.`);
    });
}

/** Says what the person at this node is to do, and takes their word. */
async function guide({ out, io }: CommandContext, client: NodeClient, progress: AskProgress, yes: boolean): Promise<void> {
  if (progress.step === 'number') {
    if (out.json) out.jsonLine(progress);
    else out.line(`${progress.number}  Read this number out to an admin, who types it until ${formatTime(progress.expiresAt)}.`);
    return;
  }
  const { cluster, by } = progress;
  out.note(`${by.name} of ${cluster} (${by.fingerprint.words.join(' ')}) lets this node in.`);
  if (!yes && !(await confirm(io, `Has its admin told you that it was they?`)))
    out.note(
      'Not accepted. The request ends in a minute; an admin of that cluster can remove this node again. With --yes it is not asked.',
    );
  else await client.call('membership.accept', {}).catch((error: unknown) => out.error(error));
}

/** An address as it is, or that of a node of this name nearby. @throws SignalboxError `NOT_FOUND`, `CONFLICT` */
async function addressOf(client: NodeClient, at: string, signal: AbortSignal): Promise<string> {
  if (at.includes(':')) return at;
  const { nodes } = await client.call('membership.nearby', {}, { signal });
  const named = nodes.filter(({ name, takesRequests }) => name === at && takesRequests);
  return one(named, `No node ${at} at which one can join was found on the local network. Name its address.`, at).address;
}

async function requestOf(client: NodeClient, wanted: string, signal: AbortSignal): Promise<JoinRequestEntry> {
  const { requests } = await client.call('membership.requests', {}, { signal });
  const found = requests.filter(({ requestId, name, shortId }) => [requestId, name, shortId].includes(wanted));
  return one(found, `No node ${wanted} waits to be let in. See: signalbox cluster requests`, wanted);
}

function one<T>(found: readonly T[], missing: string, wanted: string): T {
  const [first, ...others] = found;
  if (first === undefined) throw new SignalboxError('NOT_FOUND', missing, { executed: 'no' });
  if (others.length > 0) throw new UsageError(`${found.length} are called ${wanted}. Name the id or the address instead.`);
  return first;
}
