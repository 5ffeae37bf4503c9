import { Argument, type Command, Option } from 'commander';
import type { User } from '../../../common/contract/users.ts';
import { type Role, roles } from '../../../common/roles.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { confirm, readNewPassword } from '../read-secret.ts';

/** `signalbox users …` */
export function addUsersCommand(program: Command, io: CliIo): void {
  const users = program.command('users').description('people who may sign in from a browser');

  withCommonOptions(users.command('list'))
    .description('list people with role and last sign-in')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const result = await withNode((client, signal) => client.call('users.list', {}, { signal }));
      if (out.json) for (const user of result.users) out.jsonLine(user);
      else if (result.users.length === 0) out.line('Nobody yet. Make a link for the first administrator with: signalbox users setup-link');
      else printUsers(out, result.users);
    });

  withCommonOptions(users.command('add <username>'))
    .description('add a person; the password is asked for, or read as the first line of stdin')
    .addOption(new Option('--role <role>', 'what they may do').choices(roles).default('viewer'))
    .action(async (username: string, options: { readonly role: Role }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const passwordSha256 = await readNewPassword(io);
      const user = await withNode((client, signal) =>
        client.call('users.add', { username, role: options.role, passwordSha256 }, { signal }),
      );
      printChanged(out, user, `${user.username} may sign in as ${user.role}.`);
    });

  withCommonOptions(users.command('set-role <username>'))
    .description('change a role; it holds at once')
    .addArgument(new Argument('<role>').choices(roles))
    .action(async (username: string, role: Role, _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const user = await withNode((client, signal) => client.call('users.setRole', { username, role }, { signal }));
      printChanged(out, user, `${user.username} is ${user.role} now.`);
    });

  withCommonOptions(users.command('set-password <username>'))
    .description('set a password and sign the person out everywhere; read as with add')
    .action(async (username: string, _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const passwordSha256 = await readNewPassword(io);
      const user = await withNode((client, signal) => client.call('users.setPassword', { username, passwordSha256 }, { signal }));
      printChanged(out, user, `${user.username} has a new password and is signed out everywhere.`);
    });

  withCommonOptions(users.command('remove <username>'))
    .description('remove a person and sign them out everywhere')
    .option('--yes', 'do not ask')
    .action(async (username: string, options: { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirm(io, `Remove ${username}?`))) {
        throw new UsageError(`${username} was not removed. Without a terminal to ask at, add --yes.`);
      }
      const result = await withNode((client, signal) => client.call('users.remove', { username }, { signal }));
      if (out.json) out.jsonLine(result);
      else out.line(`${username} is removed and signed out everywhere.`);
    });

  withCommonOptions(users.command('setup-link'))
    .description('make a one-time link with which an administrator is created in a browser')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const link = await withNode((client, signal) => client.call('users.setupLink', {}, { signal }));
      if (out.json) out.jsonLine(link);
      else {
        out.line(link.url ?? link.path);
        out.note(`Good once, until ${formatTime(link.expiresAt)}.`);
        if (link.url === null) out.note('This node serves no console to open it in: programs send the token to POST /setup.');
      }
    });
}

function printUsers(out: Output, users: readonly User[]): void {
  out.table(
    ['user', 'role', 'sessions', 'last sign-in', 'added'],
    users.map((user) => [user.username, user.role, user.sessions, formatTime(user.lastSignInAt), formatTime(user.createdAt)]),
  );
}

function printChanged(out: Output, user: User, sentence: string): void {
  if (out.json) out.jsonLine(user);
  else out.line(sentence);
}
