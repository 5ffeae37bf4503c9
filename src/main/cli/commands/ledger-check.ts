import { type Command, InvalidArgumentError } from 'commander';
import type { ResultOf } from '../../../common/contract/index.ts';
import type { LedgerConfirmation } from '../../../common/contract/ledger.ts';
import { contextOf } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatCount, parseWholeNumber } from '../quantities.ts';
import { confirmByTyping } from '../read-secret.ts';
import { atNode } from './at-node.ts';
import { positiveInteger } from './call.ts';
import { type ChainFlag, chainOf, withChainOption } from './ledger-options.ts';

/** A large chain at a slow node takes a while. */
const longTimeoutMs = 600_000;

interface NodesFlag extends ChainFlag {
  readonly nodes?: readonly string[];
}

/** `signalbox ledger compare`, `confirm`, `difference` and `repair` */
export function addLedgerCheckCommands(ledger: Command, io: CliIo, setExitCode: (code: number) => void): void {
  withChainOption(ledger.command('compare'))
    .description('compare a chain with the copies of other nodes; exit code 1 when one differs, 7 when one does not answer')
    .option('--nodes <node,node>', 'only these', parseNames)
    .action(async (options: NodesFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { ...chainOf(options), ...(options.nodes !== undefined && { nodes: [...options.nodes] }) };
      const compared = await withNode((client, signal) =>
        client.call('ledger.compare', params, { signal, timeoutMs: longTimeoutMs, ...atNode(options) }),
      );
      if (out.json) for (const node of compared.nodes) out.jsonLine(node);
      else printAnswers(out, compared.nodes, `block ${compared.height}`);
      setExitCode(codeOf(compared.nodes));
    });

  withChainOption(ledger.command('confirm'))
    .argument('<number>', 'of the entry in its chain', positiveInteger)
    .description('ask other nodes whether they hold the very same entry; exit code 1 when one holds another, 7 when one does not answer')
    .option('--nodes <node,node>', 'only these', parseNames)
    .action(async (number: number, options: NodesFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = {
        ...chainOf(options),
        number,
        ...(options.nodes !== undefined && { nodes: [...options.nodes] }),
      };
      const { entry, confirmations } = await withNode((client, signal) =>
        client.call('ledger.confirm', params, { signal, timeoutMs: longTimeoutMs, ...atNode(options) }),
      );
      if (out.json) for (const confirmation of confirmations) out.jsonLine(confirmation);
      else printAnswers(out, confirmations, `entry ${entry.number} in block ${entry.height}`);
      setExitCode(codeOf(confirmations));
    });

  withChainOption(ledger.command('difference'))
    .argument('<height>', 'of the block', parseWholeNumber)
    .argument('<peer>', 'the other node, by id or name')
    .description('show field by field where a block here and at another node differ; exit code 1 when they do')
    .action(async (height: number, peer: string, options: ChainFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { ...chainOf(options), height, node: peer };
      const difference = await withNode((client, signal) =>
        client.call('ledger.difference', params, { signal, timeoutMs: longTimeoutMs, ...atNode(options) }),
      );
      if (out.json) out.jsonLine(difference);
      else printDifference(out, difference, peer);
      setExitCode(difference.fields.length === 0 ? exitCodes.ok : exitCodes.failed);
    });

  withChainOption(ledger.command('repair'))
    .description('take blocks that are damaged from nodes whose copies are whole; the damaged file is kept beside it')
    .option('--yes', 'do not ask')
    .action(async (options: ChainFlag & { readonly yes?: boolean }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      await withNode(async (client, signal) => {
        const { chain } = await client.call('ledger.status', {}, { signal, ...atNode(options) });
        const name = options.chain ?? chain.name;
        if (options.yes !== true && !(await confirmByTyping(io, `Replace damaged blocks of the chain of ${name}?`, name)))
          throw new UsageError('Nothing was repaired. Type the name when asked, or add --yes.');
        const repaired = await client.call('ledger.repair', chainOf(options), { signal, timeoutMs: longTimeoutMs, ...atNode(options) });
        if (out.json) out.jsonLine(repaired);
        else printRepair(out, repaired);
        if (repaired.chain.fault !== null) setExitCode(exitCodes.failed);
      });
    });
}

function printAnswers(out: Output, nodes: readonly LedgerConfirmation[], what: string): void {
  if (nodes.length === 0) {
    out.line('No other node of the cluster can be asked now.');
    return;
  }
  out.line(`What other nodes say of ${what}:`);
  out.table(
    ['node', 'verdict', 'copy reaches to', 'answered', 'what'],
    nodes.map(({ name, verdict, height, answeredAt, message }) => [name, verdict, height, formatTime(answeredAt), message]),
  );
}

/** A node that says nothing proves nothing; one that differs does. */
function codeOf(nodes: readonly LedgerConfirmation[]): number {
  if (nodes.some(({ verdict }) => verdict === 'differs')) return exitCodes.failed;
  return nodes.some(({ verdict }) => verdict === 'noAnswer') ? exitCodes.partial : exitCodes.ok;
}

function printDifference(out: Output, { fields, valid, ours, theirs }: ResultOf<'ledger.difference'>, peer: string): void {
  if (ours === null) out.line('The answering node does not hold this block.');
  if (theirs === null) out.line(`${peer} does not hold this block.`);
  if (fields.length === 0) {
    out.line('The two are the same.');
    return;
  }
  out.table(
    ['field', 'here', `at ${peer}`],
    fields.map(({ path, ours: one, theirs: other }) => [path, one, other]),
  );
  const right = (isRight: boolean) => (isRight ? 'is what was signed' : 'is not what was signed');
  out.line(`The one here ${right(valid.ours)}; the one at ${peer} ${right(valid.theirs)}.`);
}

function printRepair(out: Output, { chain, replacedBlocks, from }: ResultOf<'ledger.repair'>): void {
  if (replacedBlocks > 0) out.line(`Replaced ${formatCount(replacedBlocks, 'block')} with copies of ${from.join(', ')}.`);
  if (chain.fault === null) out.line(`The chain of ${chain.name} is whole.`);
  else out.line(`The chain of ${chain.name} is still damaged: ${chain.fault.message} No node that can be reached has a whole copy of it.`);
}

function parseNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Give node ids or names with commas between.');
  return names;
}
