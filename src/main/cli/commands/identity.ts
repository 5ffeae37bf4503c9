import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ResultOf } from '../../../common/contract/index.ts';
import { defaultDataFolder } from '../../node/config/index.ts';
import { backupCharacters, headlessSecretStore } from '../../node/identity/index.ts';
import { type CommonOptions, contextOf, withCommonOptions } from '../command-context.ts';
import { readTextFile, writeNewFile } from '../files.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';
import { readNewPassphrase, readPassphrase } from '../read-secret.ts';

/** `signalbox identity …` */
export function addIdentityCommand(program: Command, io: CliIo): void {
  const identity = program.command('identity').description('who this node is');
  withCommonOptions(identity.command('show'))
    .description('show node id, fingerprint and cluster')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const status = await withNode((client, signal) => client.call('membership.status', {}, { signal }));
      if (out.json) out.jsonLine(status);
      else printIdentity(out, status);
    });

  withCommonOptions(identity.command('backup <file>'))
    .description('write a backup of who this node is; asks for a passphrase that protects it')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const passphrase = await readNewPassphrase(io);
      const backup = await withNode((client, signal) => client.call('identity.backup', { passphrase }, { signal }));
      await writeNewFile(file, backup.file);
      if (out.json) out.jsonLine({ file });
      else out.line(`${file} holds the identity of this node. Keep it, and the passphrase, apart from the machine.`);
    });

  identity
    .command('restore <file>')
    .description('make a data folder from a backup; the node must run nowhere else')
    .option('--data <dir>', 'data folder to make; must be empty or not there')
    .option('--json', 'JSON for programs')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { data, json } = command.optsWithGlobals<CommonOptions>();
      const out = new Output(io, json === true);
      const folder = resolve(data ?? defaultDataFolder());
      const text = await readTextFile(file, backupCharacters);
      const passphrase = await readPassphrase(io);
      // Loaded only here: the other commands need no database.
      const { restoreBackup } = await import('../../node/node-backup.ts');
      const { identity, name } = await restoreBackup(text, passphrase, {
        folder,
        secrets: (scratch) => headlessSecretStore(scratch, process.env),
        resourcesPath: process.resourcesPath,
      });
      if (out.json) out.jsonLine({ folder, nodeId: identity.nodeId, name });
      else {
        out.line(`${folder} is the data folder of ${name} (${identity.nodeId}) now.`);
        out.note('Do not start the old one any more: two nodes with one key get in each other’s way, and both say so.');
      }
    });
}

function printIdentity(out: Output, status: ResultOf<'membership.status'>): void {
  const { cluster } = status;
  out.fields([
    ['name', status.name],
    ['node id', status.nodeId],
    ['fingerprint', status.fingerprint.words.join(' ')],
    ['', status.fingerprint.hex],
    ['key kept by', status.keyStore],
    ['addresses', status.addresses.length === 0 ? null : status.addresses.join(', ')],
    ['cluster', cluster === null ? 'none' : `${cluster.name} (${cluster.members} members, ${cluster.linked} linked)`],
    ...(cluster === null ? [] : [['roles', cluster.roles.join(', ')] as const]),
  ]);
  if (cluster?.removed != null) out.note(`${cluster.removed.code}: ${cluster.removed.message}`);
}
