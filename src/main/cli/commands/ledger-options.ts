import type { Command } from 'commander';
import { type NodeFlag, withNodeOption } from './at-node.ts';

/** Whose chain is meant. */
export interface ChainFlag extends NodeFlag {
  readonly chain?: string;
}

/** Adds the option that names a chain, and those that every command takes. */
export function withChainOption(command: Command, without = 'that of the answering node when left out'): Command {
  return withNodeOption(command).option('--chain <node>', `node whose chain, by id or name; ${without}`);
}

/** The param of a call that names the chain. */
export function chainOf({ chain }: ChainFlag): { readonly chain?: string } {
  return chain === undefined ? {} : { chain };
}
