import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { NodeClient } from '../../../common/client/node-client.ts';
import type { ParamsOf } from '../../../common/contract/index.ts';
import { type ExportReport, type VerifiedFile, verifyFile } from '../../node/ledger/export/index.ts';
import { type CommandContext, contextOf } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { streamNewFile } from '../files.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatCount, parseWholeNumber } from '../quantities.ts';
import { atNode } from './at-node.ts';
import { positiveInteger } from './call.ts';
import { type ChainFlag, chainOf, withChainOption } from './ledger-options.ts';

const verifyTimeoutMs = 3_600_000;
/** Progress is told so often at most. */
const progressEveryMs = 1_000;

interface ExportFlags extends ChainFlag {
  readonly from?: number;
  readonly to?: number;
  readonly details?: boolean;
  readonly confirmations?: boolean;
  readonly output?: string;
}

interface VerifyFlags extends ChainFlag {
  readonly all?: boolean;
  readonly from?: number;
  readonly to?: number;
}

/** `signalbox ledger export` and `signalbox ledger verify` */
export function addLedgerFileCommands(ledger: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withChainOption(ledger.command('export'))
    .description('write a chain with its proofs as lines of JSON, which ledger verify FILE checks without any node')
    .option('--from <number>', 'first entry', positiveInteger)
    .option('--to <number>', 'last entry', positiveInteger)
    .option('--details', 'with what was passed to each act, opened for the reader; admins alone')
    .option('--confirmations', 'with what the other nodes say of the last block, signed')
    .option('-o, --output <file>', 'a new file; the output of the command when left out')
    .action(async (options: ExportFlags, command: Command) => {
      const context = contextOf(command, io);
      const written = await exportChain(context, io, options);
      context.out.note(`${formatCount(written.entries, 'entry', 'entries')} in ${formatCount(written.blocks, 'block')}.`);
    });

  withChainOption(ledger.command('verify [files...]'))
    .description(
      'check exported files, in their order, without any node; without a file: the chain at a node. Exit code 1 when something is wrong',
    )
    .option('--all', 'every chain that the node holds, one after the other')
    .option('--from <height>', 'first block, at a node', parseWholeNumber)
    .option('--to <height>', 'last block, at a node', parseWholeNumber)
    .action(async (files: readonly string[], options: VerifyFlags, command: Command) => {
      const context = contextOf(command, io);
      checkFlags(files, options);
      const whole = files.length > 0 ? await verifyFiles(context.out, files) : await verifyChains(context, options);
      if (!whole) setExitCode(exitCodes.failed);
    });
}

async function exportChain({ withNode }: CommandContext, io: CliIo, options: ExportFlags) {
  const params: ParamsOf<'ledger.export'> = {
    ...chainOf(options),
    ...(options.from !== undefined && { fromNumber: options.from }),
    ...(options.to !== undefined && { toNumber: options.to }),
    withDetails: options.details === true,
    withConfirmations: options.confirmations === true,
  };
  return withNode(async (client, signal) => {
    if (options.output === undefined) return writePages(client, params, options, signal, io.stdout);
    return streamNewFile(options.output, (file) => writePages(client, params, options, signal, file));
  });
}

async function writePages(client: NodeClient, params: ParamsOf<'ledger.export'>, options: ExportFlags, signal: AbortSignal, to: Writable) {
  const written = { entries: 0, blocks: 0 };
  let after: string | undefined;
  do {
    const page = await client.call('ledger.export', { ...params, ...(after !== undefined && { after }) }, { signal, ...atNode(options) });
    await write(to, page.text);
    written.entries += page.entries;
    written.blocks += page.blocks;
    after = page.next ?? undefined;
  } while (after !== undefined);
  return written;
}

/** Waits until the text was taken, so that a slow disk holds up the pages and not the memory. */
function write(to: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(text, (error) => (error == null ? resolve() : reject(error)));
  });
}

/** @returns true: every file is whole, and each follows the one before it */
async function verifyFiles(out: Output, files: readonly string[]): Promise<boolean> {
  let before: VerifiedFile['place'];
  for (const file of files) {
    const { report, place } = await verifyOne(file, before);
    if (out.json) out.jsonLine({ file, ...report });
    else printReport(out, file, report);
    if (!report.whole) return false;
    before = place;
  }
  return true;
}

async function verifyOne(file: string, before: VerifiedFile['place']): Promise<VerifiedFile> {
  try {
    return await verifyFile(file, before);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(code === 'ENOENT' ? `There is no file ${file}.` : `The file ${file} cannot be read (${code}).`);
  }
}

function printReport(out: Output, file: string, report: ExportReport): void {
  const { fault } = report;
  if (fault !== null) {
    const block = fault.height === null ? null : `block ${fault.height}`;
    const entry = fault.number === null ? null : `entry ${fault.number}`;
    const places = [`line ${fault.line}`, block, entry, fault.field].filter((place) => place !== null);
    out.line(`${file} is not whole: ${places.join(', ')}.`);
    out.line(fault.message);
    if (fault.expected !== null) out.line(`  expected  ${fault.expected}`);
    if (fault.found !== null) out.line(`  found     ${fault.found}`);
    return;
  }
  const entries = formatCount(report.entries, 'entry', 'entries').replace(/\d+/, (digits) => Number(digits).toLocaleString('en'));
  out.line(
    `${file} is whole: ${entries} in ${formatCount(report.blocks, 'block')}, ${formatTime(report.firstAt)} to ${formatTime(report.lastAt)}, signed by node ${report.chainId} (${report.name}).`,
  );
  if ((report.firstHeight ?? 0) > 0)
    out.line(
      `It begins with block ${report.firstHeight}; what is older is in another file, which goes before it: ledger verify OLDER ${file}`,
    );
  out.line(
    report.signedBy === null
      ? 'It is of an older version, whose header and end bear no signature: that no blocks were cut off its end is not proven. Export anew to have that signed.'
      : `Header and end are signed by ${report.signedBy === report.chainId ? 'the same node' : `node ${report.signedBy}`}: no block was cut off since.`,
  );
  if (report.details > 0) out.line(`What was passed to ${formatCount(report.details, 'act')} is what was signed.`);
  for (const { name, nodeId, at, height, verdict } of report.confirmations)
    out.line(`${name} (${nodeId}) says of block ${height}: ${verdict}, ${formatTime(at)}.`);
  out.line(`Head: ${report.headHash}`);
}

/** @throws UsageError where flags do not go together */
function checkFlags(files: readonly string[], { all, chain, from, to }: VerifyFlags): void {
  if (all === true && (files.length > 0 || chain !== undefined || from !== undefined || to !== undefined))
    throw new UsageError('--all verifies every chain from its first block to its last. Leave out files, --chain, --from and --to.');
}

/** @returns true: every chain that was meant is whole */
async function verifyChains(context: CommandContext, options: VerifyFlags): Promise<boolean> {
  if (options.all !== true) return verifyAtNode(context, options);
  const { chains } = await context.withNode((client, signal) => client.call('ledger.chains', {}, { signal, ...atNode(options) }));
  let whole = true;
  for (const { chainId, height } of chains) {
    if (height < 0) continue;
    whole = (await verifyAtNode(context, { ...options, chain: chainId })) && whole;
  }
  return whole;
}

async function verifyAtNode({ out, withNode }: CommandContext, options: VerifyFlags): Promise<boolean> {
  const params = {
    ...chainOf(options),
    ...(options.from !== undefined && { fromHeight: options.from }),
    ...(options.to !== undefined && { toHeight: options.to }),
  };
  let toldAt = performance.now();
  const onProgress = ({ checked, total }: { readonly checked: number; readonly total: number }) => {
    if (performance.now() - toldAt < progressEveryMs) return;
    toldAt = performance.now();
    out.note(`${checked} of ${formatCount(total, 'block')}`);
  };
  const result = await withNode((client, signal) =>
    client.call('ledger.verify', params, { signal, timeoutMs: verifyTimeoutMs, onProgress, ...atNode(options) }),
  );
  const { chain, fault, checkedBlocks, checkedEntries, durationMs } = result;
  if (out.json) out.jsonLine(result);
  else if (fault === null)
    out.line(
      `The chain of ${chain.name} is whole: ${formatCount(checkedEntries, 'entry', 'entries')} in ${formatCount(checkedBlocks, 'block')} checked in ${(durationMs / 1_000).toFixed(1)} s.`,
    );
  else {
    out.line(`The chain of ${chain.name} is not whole: block ${fault.height}${fault.number === null ? '' : `, entry ${fault.number}`}.`);
    out.line(fault.message);
    if (fault.expected !== null) out.line(`  expected  ${fault.expected}`);
    if (fault.found !== null) out.line(`  found     ${fault.found}`);
    out.line(`Take whole blocks from other nodes: signalbox ledger repair --chain ${chain.name}`);
  }
  return fault === null;
}
