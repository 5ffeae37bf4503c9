/** What the communicator, the federation and the router ask of those who judge peers, and tell them (security.md 2.7). */
import type { CarrierKind } from '../../../common/contract/nodes.ts';
import type { ErrorCode, SignalboxError } from '../../../common/errors.ts';
import type { ConductKind } from './types.ts';

/** `pinned`: a person wants it kept. `removed`: a person wants nothing sent to it. `unknown`: no node of that id is known. */
export type PeerPlace = 'peer' | 'pinned' | 'removed' | 'unknown';

/** How far a peer is trusted with the work of others; never whether it is a member. */
export interface PeerStanding {
  /** 0: nothing known; the higher the better. */
  score(nodeId: string): number;
  /** False below -10, and of one that a person removed: nothing for others leaves through it while another way is there, nor does an `any` call go to it. */
  mayRelay(nodeId: string): boolean;
  /** False below -30: what it says of other nodes, and what it passes on, is not believed. */
  mayGossip(nodeId: string): boolean;
  /** True below -60, for a while: only control traffic is taken from it. Never in a cluster of fewer than five. */
  isGraylisted(nodeId: string): boolean;
  /** Notes what a peer did. @param why for people, one sentence without a full stop */
  conduct(nodeId: string, kind: ConductKind, why: string): void;
  /**
   * Notes a refusal of what a peer sent; what nobody can help (late, repeated, clocks, load) costs it nothing.
   *
   * @param nodeId who handed it over: of relayed bytes the relay, not the source that they name
   */
  refused(nodeId: string, error: unknown): void;
}

/** What the communicator saw of one peer. */
export type PeerObservation =
  /** Something came of it, or it acknowledged something. */
  | { readonly kind: 'heard' }
  /** A message to it ended. */
  | {
      readonly kind: 'settled';
      readonly outcome: 'taken' | 'refused' | 'timeout' | 'expired' | 'dropped';
      readonly latencyMs?: number;
      readonly way?: CarrierKind;
      readonly code?: string;
    }
  | { readonly kind: 'moved'; readonly from: CarrierKind | null; readonly to: CarrierKind | null }
  | { readonly kind: 'circuit'; readonly way: CarrierKind; readonly state: 'closed' | 'open' | 'halfOpen' }
  /** This node refused a message of it. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly type: string };

/** What happens with a message that could not be delivered (security.md 2.7, Error -> recovery). */
export type Recovery =
  /** It is tried again after that time; what waits behind it waits too. */
  | { readonly action: 'retry'; readonly afterMs: number }
  /** Nothing is tried with the peer for so long; what waits is kept and an operator is told. */
  | { readonly action: 'rest'; readonly forMs: number }
  /** This message fails, others go on. */
  | { readonly action: 'fail' }
  /** It would be refused again whatever happens: put aside with its reason. */
  | { readonly action: 'deadLetter'; readonly reason: string }
  /** The clock of the peer is measured anew, then it is sent once more. */
  | { readonly action: 'measureClock' }
  /** Nothing durable is taken until the disk takes data again; control traffic goes on. */
  | { readonly action: 'stopAccepting' };

/** What the communicator asks before it acts, and tells of what it saw. Nothing here waits or throws. */
export interface PeerOversight extends Pick<PeerStanding, 'score' | 'conduct'> {
  place(nodeId: string): PeerPlace;
  /** Those that a broadcast goes to: neither removed by a person nor unseen for long, unless pinned. */
  peers(): readonly string[];
  /** Why a message of a peer is not taken; undefined: it is. Control traffic is taken of everybody but those that were removed. */
  refusal(nodeId: string, type: string): SignalboxError | undefined;
  observe(nodeId: string, observation: PeerObservation): void;
  /** @param attempt how often this message was sent already, from 1 */
  recover(nodeId: string, error: unknown, attempt: number): Recovery;
}

/** Thinks well of everybody: for a federation without a judge. */
export const noStanding: PeerStanding = {
  score: () => 0,
  mayRelay: () => true,
  mayGossip: () => true,
  isGraylisted: () => false,
  conduct: () => undefined,
  refused: () => undefined,
};
