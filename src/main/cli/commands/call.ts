import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { limits } from '../../../common/limits.ts';
import type { GatheredResults, Target } from '../../../common/wire/messages.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import type { CliInput, CliIo } from '../io.ts';
import { describeMethod, listMethods } from '../method-help.ts';
import { Output } from '../output.ts';

interface CallOptions {
  readonly params?: string;
  readonly node?: string;
  readonly any?: string;
  readonly all?: true | string;
  readonly broadcast?: boolean;
  readonly timeout?: number;
  readonly list?: boolean;
  readonly describe?: boolean;
}

/** `signalbox call METHOD` */
export function addCallCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withCommonOptions(program.command('call [method]'))
    .description('call a method of a node and print its answer; progress goes to stderr')
    .option('--params <json>', 'params as JSON, - for stdin, @file for a file')
    .option('--node <id>', 'node id or name; the connected node when left out')
    .option('--any <capability>', 'the least loaded node that has the capability')
    .option('--all [nodes]', 'all nodes, those with a capability, or a list of ids and names with commas; prints a result a node')
    .option('--broadcast', 'every node runs it and none answers; the answer says that the connected node has sent it')
    .option('--timeout <ms>', `longest time in milliseconds (default ${limits.defaultTimeoutMs})`, positiveInteger)
    .option('--list', 'list every method')
    .option('--describe', 'show help and params of the method instead of calling it')
    .action(async (method: string | undefined, options: CallOptions, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      if (options.list === true) return listMethods(out);
      if (method === undefined) throw new UsageError('Say which method: signalbox call METHOD. signalbox call --list shows them all.');
      if (options.describe === true) return describeMethod(out, method);
      const params = await readParams(options.params, io.stdin);
      const target = targetOf(options);
      const gathers = target !== undefined && 'all' in target;
      const result = await withNode((client, signal) =>
        client.callUnknown(method, params, {
          signal,
          // Progress of a gathered call is the results, which are printed at the end.
          ...(!gathers && { onProgress: (data: unknown) => out.note(JSON.stringify(data)) }),
          ...(target !== undefined && { target }),
          ...(options.broadcast === true && { serviceId: '*' }),
          ...(options.timeout !== undefined && { timeoutMs: options.timeout }),
        }),
      );
      if (gathers) setExitCode(printGathered(out, result as GatheredResults));
      else out.value(result);
    });
}

function targetOf({ node, any, all, broadcast }: CallOptions): Target | undefined {
  if ([node, any, all, broadcast].filter((value) => value !== undefined).length > 1)
    throw new UsageError('Use one of --node, --any, --all and --broadcast.');
  if ([node, any, all].includes('')) throw new UsageError('Say which node or capability: the value is empty.');
  if (node !== undefined) return { node };
  if (any !== undefined) return { any };
  if (all === undefined || all === true) return all && { all };
  if (!all.includes(',')) return { all };
  const ids = all.split(',').map((id) => id.trim());
  if (ids.includes('')) throw new UsageError(`--all ${all} has a comma with no node beside it.`);
  return { all: ids };
}

/** A result a node, in the order they came; what is missing goes to stderr. Returns the exit code. */
function printGathered(out: Output, { results, missing }: GatheredResults): number {
  for (const result of results) {
    if (out.json) out.jsonLine(result);
    else if (result.error === undefined) out.line(`${result.node}  ${JSON.stringify(result.data)}`);
    else out.line(`${result.node}  ${result.error.code}: ${result.error.message}`);
  }
  for (const node of missing) out.note(`${node} gave no answer in time`);
  const failed = missing.length + results.filter(({ status }) => status === 'error').length;
  if (failed === 0) return exitCodes.ok;
  return failed === results.length + missing.length ? exitCodes.failed : exitCodes.partial;
}

/** `signalbox help [COMMAND|METHOD]` */
export function addHelpCommand(program: Command, io: CliIo): void {
  program.helpCommand(false);
  program
    .command('help [topic]')
    .description('show help of a command, or of a method such as system.info')
    .option('--json', 'JSON for programs')
    .action((topic: string | undefined, _options: unknown, command: Command) => {
      const known = program.commands.find((candidate) => candidate.name() === topic);
      if (topic === undefined) program.outputHelp();
      else if (known !== undefined) known.outputHelp();
      else describeMethod(new Output(io, command.optsWithGlobals<{ readonly json?: boolean }>().json === true), topic);
    });
}

async function readParams(text: string | undefined, stdin: CliInput): Promise<Record<string, unknown>> {
  if (text === undefined) return {};
  const json = text === '-' ? await readAll(stdin) : text.startsWith('@') ? await readParamsFile(text.slice(1)) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`--params is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('--params must be a JSON object, for example {"lines":50}.');
  return value as Record<string, unknown>;
}

async function readAll(stdin: CliInput): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Buffer | string));
    size += (chunk as Buffer | string).length;
    if (size > limits.clientFrameBytes) throw new UsageError(`--params: more than ${limits.clientFrameBytes} bytes cannot be sent.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readParamsFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--params: ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Parses a count on the command line. */
export function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1.');
  return Number(text);
}
