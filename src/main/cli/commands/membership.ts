import type { Command } from 'commander';
import type { ProgressOf, ResultOf } from '../../../common/contract/index.ts';
import { type ClusterMember, inviteFileCharacters, type MemberRole, memberRoles } from '../../../common/contract/membership.ts';
import { decodeJoinCode } from '../../../common/join-code.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { readTextFile, writeNewFile } from '../files.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { confirmByTyping } from '../read-secret.ts';
import { addKeyCommands } from './cluster-keys.ts';
import { addJoiningCommands } from './joining.ts';
import { type InvitedRole, readInvitedRoles, readRoles } from './member-roles.ts';

/** Joining takes a derivation of the code, two proofs and the log, and where that is the policy an admin's word. */
const joinTimeoutMs = 150_000;

/** Life of an invite file unless it is said. */
const fileMinutes = 60;

interface InviteOptions {
  readonly roles?: InvitedRole[];
  readonly minutes?: number;
  readonly file?: string;
  readonly uses?: number;
}

/** `signalbox cluster …` */
export function addClusterCommand(program: Command, io: CliIo): void {
  const cluster = program.command('cluster').description('the cluster of this node: who belongs to it, by keys and signatures');

  withCommonOptions(cluster.command('create <name>'))
    .description('found a cluster with this node as its first admin; prints the recovery words once')
    .action(async (name: string, _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const created = await withNode((client, signal) => client.call('membership.create', { name }, { signal }));
      if (out.json) out.jsonLine(created);
      else printCreated(out, created);
    });

  withCommonOptions(cluster.command('invite'))
    .description('make a join code for one node')
    .option(
      '--roles <roles>',
      `what it may do, with commas: ${memberRoles.filter((role) => role !== 'admin').join(', ')}`,
      readInvitedRoles,
    )
    .option('--minutes <n>', `how long it is good: 15 for a code, ${fileMinutes} for a file, unless said`, Number)
    .option('--file <file>', 'write an invite file for several nodes instead, for example for a disk image')
    .option('--uses <n>', 'how many nodes may join with the file', Number)
    .action(async (options: InviteOptions, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { roles, minutes, file, uses } = options;
      const params = {
        ...(roles !== undefined && { roles }),
        ...(minutes !== undefined && { minutes }),
      };
      if (file !== undefined) {
        const fileParams = { ...params, uses: uses ?? 1, minutes: minutes ?? fileMinutes };
        const written = await withNode((client, signal) => client.call('membership.inviteFile', fileParams, { signal }));
        await writeNewFile(file, written.file);
        if (out.json) out.jsonLine({ inviteId: written.inviteId, file, addresses: written.addresses, expiresAt: written.expiresAt });
        else printInviteFile(out, file, fileParams.uses, written.expiresAt);
        return;
      }
      if (uses !== undefined) throw new UsageError('A code is good for one node. For several add --file FILE.');
      const invite = await withNode((client, signal) => client.call('membership.invite', params, { signal }));
      if (out.json) out.jsonLine(invite);
      else printInvite(out, invite);
    });

  withCommonOptions(cluster.command('invites'))
    .description('list the join codes this node has made, and what became of them; --withdraw ID makes one worthless')
    .option('--withdraw <id>', 'an id of the list')
    .action(async ({ withdraw }: { readonly withdraw?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { invites } = await withNode(async (client, signal) => {
        if (withdraw !== undefined) await client.call('membership.withdraw', { inviteId: withdraw }, { signal });
        return client.call('membership.invites', {}, { signal });
      });
      if (out.json) for (const invite of invites) out.jsonLine(invite);
      else
        out.table(
          ['id', 'state', 'roles', 'made', 'until', 'uses left', 'wrong proofs'],
          invites.map((row) => [
            row.inviteId,
            row.state,
            row.roles.join(', '),
            formatTime(row.createdAt),
            formatTime(row.expiresAt),
            row.usesLeft,
            row.failures,
          ]),
        );
    });

  withCommonOptions(cluster.command('join'))
    .argument('<code-or-file>', 'a join code or an invite file')
    .description('make this node a member, with a code or an invite file that another member made')
    .option('--at <host:port>', 'address of the member that made the code; absent: the nodes on the local network are tried')
    .action(async (codeOrFile: string, { at }: { readonly at?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params =
        at === undefined && !isJoinCode(codeOrFile)
          ? { file: await readInvite(codeOrFile) }
          : { code: codeOrFile, ...(at !== undefined && { address: at }) };
      const onProgress = ({ expiresAt }: ProgressOf<'membership.join'>) =>
        out.note(`The code is right. An admin is to let this node in until ${formatTime(expiresAt)}.`);
      const joined = await withNode((client, signal) =>
        client.call('membership.join', params, { signal, timeoutMs: joinTimeoutMs, onProgress }),
      );
      if (out.json) out.jsonLine(joined);
      else out.line(`Joined the cluster ${joined.name} with ${joined.members} members.`);
    });

  withCommonOptions(cluster.command('members'))
    .description('list the members with fingerprint, roles and link, and who was removed')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const result = await withNode((client, signal) => client.call('membership.members', {}, { signal }));
      if (out.json) out.jsonLine(result);
      else printMembers(out, result);
    });

  withCommonOptions(cluster.command('set-roles'))
    .argument('<node>', 'name or node id')
    .argument('<roles>', `with commas: ${memberRoles.join(', ')}`, readRoles)
    .description('change what a member may do')
    .action(async (node: string, roles: MemberRole[], _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const member = await withNode((client, signal) => client.call('membership.setRoles', { node, roles }, { signal }));
      if (out.json) out.jsonLine(member);
      else out.line(`${member.name} has the roles ${member.roles.join(', ')} now.`);
    });

  withCommonOptions(cluster.command('revoke <node>'))
    .description('remove a member: its links end at once and every member refuses it')
    .option('--yes', 'do not ask')
    .action(async (node: string, options: { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Remove ${node} from the cluster?`, node)))
        throw new UsageError(`${node} was not removed. Type its name when asked, or add --yes.`);
      const revoked = await withNode((client, signal) => client.call('membership.revoke', { node }, { signal }));
      if (out.json) out.jsonLine(revoked);
      else
        out.line(`${revoked.name} is removed from the cluster. Members that cannot be reached now refuse it when they have heard of it.`);
    });

  withCommonOptions(cluster.command('leave'))
    .description('forget the cluster on this node, so that it can join one')
    .option('--yes', 'do not ask')
    .action(async (options: { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { cluster: own } = await withNode((client, signal) => client.call('membership.status', {}, { signal }));
      if (own !== null && options.yes !== true && !(await confirmByTyping(io, `Leave the cluster ${own.name}?`, own.name)))
        throw new UsageError('The node did not leave. Type the name of the cluster when asked, or add --yes.');
      const left = await withNode((client, signal) => client.call('membership.leave', {}, { signal }));
      if (out.json) out.jsonLine(left);
      else out.line(`This node has left ${left.name}. The others list it until an admin removes it.`);
    });

  addKeyCommands(cluster, io);
  addJoiningCommands(cluster, io);
}

function printCreated(out: Output, { name, clusterId, recoveryWords }: ResultOf<'membership.create'>): void {
  out.line(`The cluster ${name} is founded. Its id is ${clusterId}.`);
  out.line();
  out.line('Recovery words, shown this once. Write them on paper and keep them apart from the machines:');
  out.line();
  for (let at = 0; at < recoveryWords.length; at += 6)
    out.line(
      recoveryWords
        .slice(at, at + 6)
        .map((word, index) => `${String(at + index + 1).padStart(2)} ${word.padEnd(8)}`)
        .join('  ')
        .trimEnd(),
    );
  out.line();
  out.line('Next: signalbox cluster invite');
}

function printInvite(out: Output, { code, addresses, roles, expiresAt }: ResultOf<'membership.invite'>): void {
  out.line(code);
  out.line();
  out.line(`Good once, until ${formatTime(expiresAt)}, for the roles ${roles.join(', ')}. On the other node:`);
  for (const address of addresses) out.line(`  signalbox cluster join ${code} --at ${address}`);
  out.line('On the same local network it finds this one by itself, when this one listens beyond its machine: leave --at away.');
}

function printInviteFile(out: Output, file: string, uses: number, expiresAt: number): void {
  out.line(`${file} is good for ${uses === 1 ? 'one node' : `${uses} nodes`}, until ${formatTime(expiresAt)}. Whoever has it can join.`);
  out.line(`On each of them: signalbox cluster join ${file}`);
}

/** A whole code, whether its check characters fit or not; anything else is taken for the name of a file. */
function isJoinCode(text: string): boolean {
  return 'secret' in decodeJoinCode(text);
}

async function readInvite(file: string): Promise<string> {
  return readTextFile(file, inviteFileCharacters).catch((error: unknown) => {
    if (error instanceof UsageError) throw new UsageError(`${file} is no join code of 20 characters. ${error.message}`);
    throw error;
  });
}

function printMembers(out: Output, { members, removed }: ResultOf<'membership.members'>): void {
  out.table(
    ['member', 'state', 'roles', 'since', 'address', 'node id', 'fingerprint'],
    members.map((member) => [
      member.name,
      stateOf(member),
      member.roles.join(', '),
      formatTime(member.since),
      member.addresses[0],
      member.nodeId,
      member.fingerprint.words.join(' '),
    ]),
  );
  for (const { name, failure } of members) if (failure !== null) out.note(`${name}  ${failure.code}: ${failure.message}`);
  if (removed.length === 0) return;
  out.line();
  out.table(
    ['removed', 'by', 'when', 'node id'],
    removed.map(({ name, by, at, nodeId }) => [name, by.name ?? by.nodeId, formatTime(at), nodeId]),
  );
}

function stateOf({ state, rttMs }: ClusterMember): string {
  if (state === 'self') return 'this node';
  if (state === 'notLinked') return 'not linked';
  return rttMs === null ? 'linked' : `linked, ${rttMs.toFixed(1)} ms`;
}
