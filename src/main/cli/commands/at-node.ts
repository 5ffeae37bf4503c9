import type { Command } from 'commander';
import type { Target } from '../../../common/wire/messages.ts';
import { withCommonOptions } from '../command-context.ts';

/** Which node of the cluster does it. */
export interface NodeFlag {
  readonly node?: string;
}

/** Adds the options that every command takes, and the one that sends it to another node of the cluster. */
export function withNodeOption(command: Command): Command {
  return withCommonOptions(command).option(
    '--node <node>',
    'node id or name of the node that is to do it; the connected one when left out',
  );
}

/** The options of a call that goes where the flag says. */
export function atNode({ node }: NodeFlag): { readonly target?: Target } {
  return node === undefined ? {} : { target: { node } };
}
