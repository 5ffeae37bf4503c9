import type { Command } from 'commander';
import type { NodeClient } from '../../common/client/node-client.ts';
import { SignalboxError } from '../../common/errors.ts';
import { Interrupted } from './exit-codes.ts';
import type { CliIo } from './io.ts';
import { connectToNode, type NodeChoice } from './node-connection.ts';
import { Output } from './output.ts';

/** Options that every command takes. */
export interface CommonOptions extends NodeChoice {
  readonly json?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly io: CliIo;
  readonly out: Output;
  readonly choice: NodeChoice;
  /** Runs `act` with a connected client, and closes it whatever happens. Ctrl-C ends it with {@link Interrupted}. */
  withNode<T>(act: (client: NodeClient, signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Adds the options that say which node, and how to print. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'JSON for programs: one value a line')
    .option('--data <dir>', 'data folder of the node on this machine')
    .option('--url <url>', 'address of another node, with --token-file')
    .option('--token-file <file>', 'file with the access token for --url')
    .option('--pin <fingerprint>', 'fingerprint of the certificate of --url, once compared; it is remembered');
}

export function contextOf(command: Command, io: CliIo): CommandContext {
  const options = command.optsWithGlobals<CommonOptions>();
  return {
    io,
    out: new Output(io, options.json === true),
    choice: options,
    withNode: (act) => runWithNode(options, io, act),
  };
}

async function runWithNode<T>(choice: NodeChoice, io: CliIo, act: (client: NodeClient, signal: AbortSignal) => Promise<T>): Promise<T> {
  const client = await connectToNode(choice);
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  // `signalbox subscribe … | head`: nobody reads any more.
  io.stdout.once('error', onSignal);
  const lost = new Promise<never>((_, reject) => {
    client.onState((state) => {
      if (state.kind === 'closed' && state.error.code !== 'CANCELLED') reject(state.error);
    });
  });
  // When the act ends first nobody waits for the loss.
  lost.catch(() => undefined);
  try {
    return await Promise.race([act(client, interrupt.signal), lost]);
  } catch (error) {
    const isStopped = interrupt.signal.aborted && error instanceof SignalboxError && error.code === 'CANCELLED';
    throw isStopped ? new Interrupted(error.executed ?? 'maybe') : error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    io.stdout.off('error', onSignal);
    client.close();
  }
}

/** Rejects with {@link Interrupted} when the signal comes, for work that has no signal of its own. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new Interrupted('maybe'));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
