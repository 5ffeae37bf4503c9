import { SignalboxError } from '../../../../common/errors.ts';
import type { Signer } from '../../identity/index.ts';
import type { Communicator, PeerContext } from '../../peers/types.ts';
import type { Logger, Problems } from '../../telemetry/index.ts';
import type { ChainStore } from '../chain-store.ts';
import type { EntryDraft } from '../entry.ts';
import type { SignedBlock } from '../types.ts';

/** Whose chains are held: those of members, and of nodes that were members. */
export interface ChainMembers {
  /** `stranger`: never a member of this cluster. */
  standing(nodeId: string): 'member' | 'removed' | 'stranger';
  /** A name for people; the id of a node that is not known by name. */
  nameOf(nodeId: string): string;
  /** Members that are called so. */
  idsOf(name: string): readonly string[];
}

/** What the writer of the own chain is told of what others hold of it: after a restored backup they may hold more (security.md row 39). */
export interface OwnChainWatch {
  /** A peer showed this block of the own chain. */
  peersHold(block: SignedBlock): void;
  /** Blocks of the own chain were taken back from peers, or replaced. */
  ownChainChanged(): void;
  /** A peer has said how far it holds the own chain (-1: not at all), and it is no more than is held here. */
  peersAnswered(height: number): void;
}

/** What the parts that keep chains alike at all nodes stand on. */
export interface SyncContext {
  readonly nodeId: string;
  readonly signer: Signer;
  readonly communicator: Communicator;
  readonly store: ChainStore;
  readonly members: ChainMembers;
  readonly problems: Problems;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Writes an entry of this node's own into its chain. @returns its number, when it is durable */
  readonly record: (draft: EntryDraft) => Promise<number>;
  readonly own: OwnChainWatch;
}

/** @throws SignalboxError `FORBIDDEN` when a message about chains is not of a proven member */
export function requireMember({ members }: SyncContext, { origin }: PeerContext): void {
  if (origin.secure && members.standing(origin.nodeId) === 'member') return;
  throw new SignalboxError('FORBIDDEN', 'Chains are told to members of the cluster alone.', { executed: 'no' });
}

/** @throws SignalboxError `FORBIDDEN` for the chain of a node that never was a member (security.md row 34, unknown signer) */
export function requireKnownChain({ members, nodeId }: SyncContext, chainId: string): void {
  if (chainId === nodeId || members.standing(chainId) !== 'stranger') return;
  throw new SignalboxError('FORBIDDEN', `The node ${chainId} was never a member of the cluster: its chain is not held.`, {
    executed: 'no',
  });
}
