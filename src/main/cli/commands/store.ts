import { writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { ParamsOf, ResultOf } from '../../../common/contract/index.ts';
import { contextOf } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { readBytes } from '../files.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount, parseWholeNumber } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { positiveInteger } from './call.ts';

/** Largest value that a node keeps. */
const mostValueBytes = 262_144;
const pageItems = 500;

type Items = ResultOf<'store.list'>['items'];

interface OwnerFlag extends NodeFlag {
  readonly owner?: string;
}

/** `signalbox store …` */
export function addStoreCommand(program: Command, io: CliIo): void {
  const store = program.command('store').description('the key-value store of a node, with copies at other nodes');
  addGet(store, io);
  addPut(store, io);
  addList(store, io);
  addRemove(store, io);
  addUsage(store, io);
  addForget(store, io);
}

function addGet(store: Command, io: CliIo): void {
  withNodeOption(store.command('get <key>'))
    .description('print a value; into a file or pipe its bytes as they are')
    .option('--owner <node>', 'the copy that the node keeps for this one, instead of a value of its own')
    .option('--out <file>', 'write it into a file')
    .action(async (key: string, options: OwnerFlag & { readonly out?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { key, ...(options.owner !== undefined && { owner: options.owner }) };
      const found = await withNode((client, signal) => client.call('store.get', params, { signal, ...atNode(options) }));
      const bytes = Buffer.from(found.value, found.encoding);
      if (options.out !== undefined) {
        await writeValue(options.out, bytes);
        out.note(`Wrote ${formatBytes(bytes.length)} of ${key}, version ${found.version}, to ${options.out}.`);
      } else if (out.json) out.jsonLine(found);
      else if (io.stdout.isTTY !== true) io.stdout.write(bytes);
      else if (found.encoding === 'utf8') out.line(found.value);
      else throw new UsageError(`${key} is no text (${formatBytes(bytes.length)}). Write it into a file with --out FILE.`);
    });
}

interface PutFlags extends NodeFlag {
  readonly file?: string;
  readonly replica: readonly string[];
  readonly replicas: boolean;
  readonly ifVersion?: number;
}

function addPut(store: Command, io: CliIo): void {
  withNodeOption(store.command('put'))
    .argument('<key>', '1 to 256 printable ASCII characters without spaces; / parts them for people')
    .argument('[value]', 'text; what comes from stdin when left out')
    .description('store a value of up to 256 KiB; done means that it is on the disk of the node, copies follow')
    .option('--file <file>', 'the bytes of a file instead')
    .option('--replica <node>', 'node that is to keep a copy; may be given several times. Without: as before', addWord, [])
    .option('--no-replicas', 'no copies any more')
    .option('--if-version <n>', 'only when the value has this version; 0: only when there is none', parseWholeNumber)
    .action(async (key: string, value: string | undefined, options: PutFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (!options.replicas && options.replica.length > 0) throw new UsageError('Give --replica or --no-replicas, not both.');
      const bytes = await inputOf(value, options.file, io);
      const params: ParamsOf<'store.put'> = {
        key,
        value: bytes.toString('base64'),
        encoding: 'base64',
        ...((options.replica.length > 0 || !options.replicas) && { replicas: [...options.replica] }),
        ...(options.ifVersion !== undefined && { ifVersion: options.ifVersion }),
      };
      const stored = await withNode((client, signal) => client.call('store.put', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(stored);
      else out.line(`Stored ${key}, version ${stored.version}, ${formatBytes(stored.sizeBytes)}${copiesOf(stored.replicas)}.`);
    });
}

function addList(store: Command, io: CliIo): void {
  withNodeOption(store.command('ls [prefix]'))
    .description('list keys in order, without their values')
    .option('--owner <node>', 'copies that the node keeps for this one, instead of values of its own')
    .option('--limit <n>', 'keys at most (default 1000)', positiveInteger)
    .action(async (prefix: string | undefined, options: OwnerFlag & { readonly limit?: number }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const wanted = options.limit ?? 1_000;
      const range = { prefix: prefix ?? '', ...(options.owner !== undefined && { owner: options.owner }) };
      const { items, more } = await withNode(async (client, signal) => {
        const found: Items = [];
        for (;;) {
          const after = found.at(-1)?.key;
          const limit = Math.min(pageItems, wanted - found.length);
          const params = { ...range, limit, ...(after !== undefined && { after }) };
          const page = await client.call('store.list', params, { signal, ...atNode(options) });
          found.push(...page.items);
          if (!page.more || found.length >= wanted) return { items: found, more: page.more };
        }
      });
      if (out.json) for (const item of items) out.jsonLine(item);
      else printItems(out, items);
      if (more) out.note('There are more keys. Raise --limit, or give a longer prefix.');
    });
}

function addRemove(store: Command, io: CliIo): void {
  withNodeOption(store.command('rm <key>'))
    .description('delete a value and its copies')
    .option('--if-version <n>', 'only when the value has this version', positiveInteger)
    .option('--yes', 'do not ask')
    .action(async (key: string, options: NodeFlag & { readonly ifVersion?: number; readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Delete ${key} and its copies?`, key)))
        throw new UsageError(`${key} was not deleted. Type it when asked, or add --yes.`);
      const params = { key, ...(options.ifVersion !== undefined && { ifVersion: options.ifVersion }) };
      const done = await withNode((client, signal) => client.call('store.delete', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(done);
      else out.line(done.deleted ? `Deleted ${key}.` : `There was no ${key}.`);
    });
}

function addUsage(store: Command, io: CliIo): void {
  withNodeOption(store.command('usage'))
    .description('how much the store of a node holds, for whom, and may')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const usage = await withNode((client, signal) => client.call('store.usage', {}, { signal, ...atNode(options) }));
      if (out.json) {
        out.jsonLine(usage);
        return;
      }
      const { own, copies, quota, refused } = usage;
      out.table(
        ['whose', 'values', 'size'],
        [['own', own.items, formatBytes(own.sizeBytes)], ...copies.map((held) => [held.name, held.items, formatBytes(held.sizeBytes)])],
      );
      out.line();
      out.fields([
        ['quota', `${formatCount(quota.items, 'value')}, ${formatBytes(quota.sizeBytes)}`],
        ['for copies of one node', `${formatCount(quota.perOwnerItems, 'value')}, ${formatBytes(quota.perOwnerBytes)}`],
        ['refused since the start', refused],
      ]);
    });
}

function addForget(store: Command, io: CliIo): void {
  withNodeOption(store.command('forget <owner>'))
    .description('drop the copies that a node keeps for another one, which does not come back')
    .option('--yes', 'do not ask')
    .action(async (owner: string, options: NodeFlag & { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.yes !== true && !(await confirmByTyping(io, `Drop all copies kept for ${owner}?`, owner)))
        throw new UsageError(`The copies of ${owner} were not dropped. Type its name when asked, or add --yes.`);
      const done = await withNode((client, signal) => client.call('store.forget', { owner }, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(done);
      else out.line(`Dropped ${formatCount(done.forgotten, 'copy', 'copies')} of ${owner}.`);
    });
}

function printItems(out: Output, items: Items): void {
  if (items.length === 0) {
    out.line('There is nothing under such keys.');
    return;
  }
  out.table(
    ['key', 'version', 'size', 'changed', 'by', 'copies'],
    items.map((item) => [
      item.key,
      item.version,
      formatBytes(item.sizeBytes),
      formatTime(item.updatedAt),
      item.updatedBy,
      item.replicas.map(({ name, state }) => `${name} ${state}`).join(', '),
    ]),
  );
  for (const { key, replicas } of items)
    for (const { name, refusal } of replicas) if (refusal !== null) out.note(`${name} does not take ${key}: ${refusal}`);
}

function copiesOf(replicas: Items[number]['replicas']): string {
  return replicas.length === 0 ? '' : `; copies at ${replicas.map(({ name }) => name).join(', ')} follow`;
}

async function inputOf(value: string | undefined, file: string | undefined, io: CliIo): Promise<Buffer> {
  if (value !== undefined && file !== undefined) throw new UsageError('Give a value or --file, not both.');
  if (value !== undefined) return Buffer.from(value);
  if (file !== undefined && file !== '-') return readBytes(file, mostValueBytes);
  const bytes = await buffer(io.stdin);
  if (bytes.length > mostValueBytes) throw new UsageError(`The input has ${bytes.length} bytes; a value has ${mostValueBytes} at most.`);
  return bytes;
}

async function writeValue(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (error) {
    throw new UsageError(`The file ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function addWord(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}
