import { type Command, Option } from 'commander';
import type { ParamsOf } from '../../../common/contract/index.ts';
import type { LedgerChain, LedgerEntry, LedgerFork } from '../../../common/contract/ledger.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { contextOf } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';
import { formatBytes, formatCount } from '../quantities.ts';
import { atNode, type NodeFlag, withNodeOption } from './at-node.ts';
import { positiveInteger } from './call.ts';
import { addLedgerCheckCommands } from './ledger-check.ts';
import { addLedgerFileCommands } from './ledger-file.ts';
import { type ChainFlag, chainOf, withChainOption } from './ledger-options.ts';

interface ListFlags extends ChainFlag {
  readonly limit: number;
  readonly actor?: string;
  readonly act?: string;
  readonly target?: string;
  readonly outcome?: 'done' | 'failed' | 'refused';
  readonly before?: string;
}

/** `signalbox ledger …` */
export function addLedgerCommand(program: Command, io: CliIo, setExitCode: (code: number) => void): void {
  const ledger = withNodeOption(program.command('ledger'))
    .description('the signed record of who did what: what it holds, whether it is whole, and what other nodes say of it')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const status = await withNode((client, signal) => client.call('ledger.status', {}, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(status);
      else {
        const { chain, retention } = status;
        out.fields([
          ['chain', `${chain.name} (${shortNodeId(chain.chainId)})`],
          ['state', stateText(chain)],
          ['newest block', chain.height < 0 ? 'none' : `${chain.height}, ${formatTime(chain.headAt)}`],
          ['entries', chain.entries],
          ['head hash', chain.headHash],
          ['verified', chain.verifiedHeight < 0 ? 'not yet' : `up to block ${chain.verifiedHeight}, ${formatTime(chain.verifiedAt)}`],
          ['waiting', formatCount(status.waiting, 'act')],
          ['chains held', `${status.chains}${status.damaged > 0 ? `, ${status.damaged} damaged` : ''}`],
          ['forks', status.forks],
          ['kept for', retention.days === null ? 'ever' : formatCount(retention.days, 'day')],
          [
            'sealed',
            retention.sealedHeight < 0
              ? 'nothing'
              : `up to block ${retention.sealedHeight}, ${formatCount(retention.archivedEntries, 'entry', 'entries')} in archives`,
          ],
          ['size', formatBytes(chain.sizeBytes)],
        ]);
      }
    });
  addListCommand(ledger, io);
  addShowCommand(ledger, io);
  addChainsCommand(ledger, io);
  addWriteCommands(ledger, io);
  addLedgerCheckCommands(ledger, io, setExitCode);
  addLedgerFileCommands(ledger, io, setExitCode);
}

function addListCommand(ledger: Command, io: CliIo): void {
  withChainOption(ledger.command('list'), 'all that are held when left out')
    .description('who did what, where, with which result, newest first')
    .option('--limit <n>', 'most entries, up to 500', positiveInteger, 50)
    .option('--actor <name>', 'only what this one did, as listed')
    .option('--act <prefix>', 'only acts that begin so, for example queues.')
    .option('--target <text>', 'only where the target holds this')
    .addOption(new Option('--outcome <outcome>', 'only these').choices(['done', 'failed', 'refused']))
    .option('--before <cursor>', 'go on where the list before ended')
    .action(async (options: ListFlags, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { limit, actor, act, target, outcome, before } = options;
      const params: ParamsOf<'ledger.list'> = {
        ...chainOf(options),
        limit,
        ...(actor !== undefined && { actor }),
        ...(act !== undefined && { act }),
        ...(target !== undefined && { target }),
        ...(outcome !== undefined && { outcome }),
        ...(before !== undefined && { before }),
      };
      const { entries, next, total } = await withNode(async (client, signal) => {
        let page = await client.call('ledger.list', params, { signal, ...atNode(options) });
        // In a large ledger a search that finds little comes in parts.
        while (page.next !== null && page.entries.length < limit) {
          const rest = { ...params, before: page.next, limit: limit - page.entries.length };
          const more = await client.call('ledger.list', rest, { signal, ...atNode(options) });
          page = { ...more, entries: [...page.entries, ...more.entries] };
        }
        return page;
      });
      if (out.json) for (const entry of entries) out.jsonLine(entry);
      else printEntries(out, entries);
      out.note(`${entries.length} of ${total} entries${next === null ? '' : `; go on with --before ${next}`}`);
    });
}

function addShowCommand(ledger: Command, io: CliIo): void {
  withChainOption(ledger.command('show'))
    .argument('<number>', 'of the entry in its chain', positiveInteger)
    .description('one entry with its block, its proof, and what was passed where that is kept')
    .action(async (number: number, options: ChainFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { ...chainOf(options), number };
      const { entry, block, proof, details } = await withNode(async (client, signal) => {
        const shown = await client.call('ledger.get', params, { signal, ...atNode(options) });
        if (out.json) out.jsonLine(shown);
        return shown;
      });
      if (out.json) return;
      out.fields([
        ['entry', `${entry.number} of ${entry.chainName}, ${entry.kind}`],
        ['time', formatTime(entry.at)],
        ['actor', `${entry.actor}${entry.roles.length > 0 ? ` (${entry.roles.join(', ')})` : ''} via ${entry.via}`],
        ['act', entry.act],
        ['target', entry.target],
        ['outcome', [entry.outcome, entry.code].filter(Boolean).join(', ')],
        ['text', entry.text],
        [
          'passed',
          details === null
            ? entry.detailsDigest === null
              ? 'nothing'
              : 'not kept here, or not for this role'
            : JSON.stringify(details.params),
        ],
        ['digest of what was passed', entry.detailsDigest],
        ['digest', entry.digest],
        ['signature', entry.signature],
        ['block', `${block.height}, ${formatCount(block.count, 'entry', 'entries')}`],
        ['hash', block.hash],
        ['hash before', block.prevHash],
        ['root of entries', block.entriesRoot],
        ['proof', proof.length === 0 ? 'the entry is alone in its block' : proof.map(({ side, hash }) => `${side} ${hash}`).join(', ')],
        ['signed', block.signature],
      ]);
    });
}

function addChainsCommand(ledger: Command, io: CliIo): void {
  withNodeOption(ledger.command('chains'))
    .description('every chain that the node holds, and evidence of forks')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const { chains, forks } = await withNode((client, signal) => client.call('ledger.chains', {}, { signal, ...atNode(options) }));
      if (out.json) {
        for (const chain of chains) out.jsonLine(chain);
        for (const fork of forks) out.jsonLine({ fork });
        return;
      }
      out.table(
        ['name', 'node', 'state', 'newest block', 'entries', 'verified to', 'head', 'size'],
        chains.map((chain) => [
          chain.self ? `${chain.name} (this one)` : chain.name,
          shortNodeId(chain.chainId),
          stateText(chain),
          chain.height < 0 ? null : chain.height,
          chain.entries,
          chain.verifiedHeight < 0 ? null : chain.verifiedHeight,
          chain.headHash?.slice(0, 16),
          formatBytes(chain.sizeBytes),
        ]),
      );
      for (const fork of forks) printFork(out, fork);
    });
}

function addWriteCommands(ledger: Command, io: CliIo): void {
  withChainOption(ledger.command('note <text>'))
    .description('write a note for whoever reads the ledger later; it cannot be taken back')
    .option('--target <name>', 'what it is about')
    .action(async (text: string, options: ChainFlag & { readonly target?: string }, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const params = { ...chainOf(options), text, ...(options.target !== undefined && { target: options.target }) };
      const written = await withNode((client, signal) => client.call('ledger.note', params, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(written);
      else
        out.line(
          written.number === null
            ? `The note was offered to ${options.chain}, signed by this node. It is written there when that node takes it.`
            : `Entry ${written.number}.`,
        );
    });

  withNodeOption(ledger.command('checkpoint'))
    .description('seal what is older than the retention now, and move it to an archive file')
    .action(async (options: NodeFlag, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const sealed = await withNode((client, signal) => client.call('ledger.checkpoint', {}, { signal, ...atNode(options) }));
      if (out.json) out.jsonLine(sealed);
      else if (sealed.archiveFile === null) out.line('Nothing is older than the retention.');
      else
        out.line(
          `Sealed up to block ${sealed.sealedHeight}: ${formatCount(sealed.archivedEntries, 'entry', 'entries')} moved to ${sealed.archiveFile}.`,
        );
    });
}

function printEntries(out: Output, entries: readonly LedgerEntry[]): void {
  out.table(
    ['time', 'chain', 'number', 'actor', 'act', 'target', 'outcome', 'signature', 'text'],
    entries.map((entry) => [
      formatTime(entry.at),
      entry.chainName,
      entry.number,
      entry.actor,
      entry.act,
      entry.target,
      entry.outcome,
      entry.signature,
      entry.kind === 'note' || entry.outcome !== 'done' ? (entry.text ?? entry.code) : null,
    ]),
  );
}

function printFork(out: Output, { name, height, seenAt, blocks }: LedgerFork): void {
  out.line();
  out.line(`${name} signed ${blocks.length} different blocks ${height} (seen ${formatTime(seenAt)}):`);
  for (const { hash, at, entries, from } of blocks)
    out.line(`  ${hash}  ${formatTime(at)}  ${formatCount(entries, 'entry', 'entries')}, from ${from}`);
}

/** The state of a chain, and what is wrong with it. */
export function stateText({ state, fault, announcedHeight, overShare, begunBy, firstHeight }: LedgerChain): string {
  if (fault !== null) return `damaged: ${fault.message}`;
  if (state === 'overShare' && overShare !== null)
    return `over its share${overShare.share === 'day' ? ' of a day' : ''}: ${formatCount(overShare.missingEntries, 'newer entry', 'newer entries')} not kept`;
  if (state === 'unconfirmed' && begunBy !== null)
    return `begins at block ${firstHeight} on the word of ${shortNodeId(begunBy)} alone, not confirmed yet`;
  return state === 'behind' ? `behind: others tell of block ${announcedHeight}` : state;
}
