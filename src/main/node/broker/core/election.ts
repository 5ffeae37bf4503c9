import type { CoreState } from './core-state.ts';
import type { BrokerId, ElectionAnswer, ElectionRequest, LogPosition } from './types.ts';

interface Campaign {
  /** A question whether a vote would be won, which changes no term (Raft thesis 9.6). */
  readonly preVote: boolean;
  /** The leader asked for it: voters need not have lost it (thesis 3.10). */
  readonly transfer: boolean;
  readonly granted: Set<BrokerId>;
}

/**
 * Who leads next (Raft paper 5.2 and 5.4.1): pre-votes, votes, and the time to wait before. Among equals the lowest broker id is preferred:
 * each voter waits in its own part of the election timeout, in the order of ids. So two never keep splitting the votes either, and where the
 * preferred one is gone or behind, the next one's part simply comes.
 */
export class Election {
  readonly #state: CoreState;
  #deadlineMs = 0;
  #campaign: Campaign | undefined;
  /** Equal pre-candidates with higher ids that this one has put off, once each: a second time they are let through. */
  readonly #putOff = new Set<BrokerId>();

  constructor(state: CoreState, nowMs: number) {
    this.#state = state;
    this.arm(nowMs);
    // Nobody else could be the leader of a group with one voter: it need not wait.
    if (state.isVoter && state.voters.length === 1) this.#deadlineMs = nowMs;
  }

  /** When `tick` has something to do, unless a leader is heard before. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Waits anew: a leader was heard, or a vote was given. */
  arm(nowMs: number): void {
    const { timing, voters, brokerId, random } = this.#state;
    const rank = Math.max(0, voters.indexOf(brokerId));
    const share = (rank + random()) / Math.max(1, voters.length);
    this.#deadlineMs = nowMs + timing.electionMinMs + (timing.electionMaxMs - timing.electionMinMs) * share;
  }

  /** A leader was heard: no campaign goes on. */
  heardLeader(nowMs: number): void {
    this.#campaign = undefined;
    this.#putOff.clear();
    this.arm(nowMs);
  }

  /** Gives others the time to be elected first. */
  standBack(nowMs: number): void {
    this.#campaign = undefined;
    this.#deadlineMs = nowMs + 2 * this.#state.timing.electionMaxMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    this.arm(nowMs);
    if (!this.#mayStand(nowMs)) return;
    if (this.#state.quorum === 1 && this.#state.isVoter) this.#stand(nowMs, false);
    else this.#ask(nowMs, { preVote: true, transfer: false, granted: new Set() });
  }

  /** The leader hands over (thesis 3.10): no pre-vote, for it is still heard. */
  timeoutNow(from: BrokerId, nowMs: number): void {
    if (from === this.#state.leaderId && this.#state.role === 'follower' && this.#mayStand(nowMs)) this.#stand(nowMs, true);
  }

  /** A broker whose disk does not answer would win nothing: its own vote could not be counted. */
  #mayStand(nowMs: number): boolean {
    const { mayLead, impaired, disk, timing } = this.#state;
    return mayLead && !impaired && disk.waitedMs(nowMs) < timing.electionMinMs;
  }

  #stand(nowMs: number, transfer: boolean): void {
    const state = this.#state;
    state.setVote(state.term + 1, state.brokerId);
    this.#ask(nowMs, { preVote: false, transfer, granted: new Set() });
  }

  #ask(nowMs: number, campaign: Campaign): void {
    const state = this.#state;
    this.#campaign = campaign;
    state.role = 'candidate';
    state.leaderId = null;
    this.arm(nowMs);
    const { preVote, transfer } = campaign;
    for (const to of state.voters) {
      if (to === state.brokerId) continue;
      const receiverDurableIndex = state.rememberedOf(to);
      const term = preVote ? state.term + 1 : state.term;
      // Not before term, own vote and the log it stands with are on the disk: after a crash it must not stand in this term with less.
      state.sendAfterVote(to, { type: 'ELECTION_REQUEST', term, last: state.tail.last, preVote, transfer, receiverDurableIndex });
    }
  }

  /**
   * A request, of any term. A broker that hears its leader answers no vote at all, so that one that was cut off or removed cannot unseat
   * it (thesis 4.2.3).
   */
  request(from: BrokerId, message: ElectionRequest, nowMs: number): void {
    const state = this.#state;
    state.checkRemembered(message.receiverDurableIndex);
    const { preVote } = message;
    if (!message.transfer && this.#hearsLeader(nowMs)) {
      if (preVote) state.sendAfterVote(from, { type: 'ELECTION_ANSWER', term: state.term, preVote, granted: false });
      return;
    }
    if (!preVote && message.term > state.term) this.#concede(message.term);
    const granted = this.#grants(from, message);
    if (granted && !preVote) {
      state.setVote(message.term, from);
      this.arm(nowMs);
    }
    const term = granted ? message.term : state.term;
    state.sendAfterVote(from, { type: 'ELECTION_ANSWER', term, preVote, granted });
  }

  #hearsLeader(nowMs: number): boolean {
    const { role, leaderId, heardLeaderAtMs, timing } = this.#state;
    return role === 'leader' || (leaderId !== null && nowMs - heardLeaderAtMs < timing.electionMinMs);
  }

  #grants(from: BrokerId, message: ElectionRequest): boolean {
    const state = this.#state;
    if (message.term < state.term || state.impaired) return false;
    const voteIsFree = message.term > state.term || state.votedFor === null || state.votedFor === from;
    const order = compareLogs(message.last, state.tail.last);
    if (!voteIsFree || order < 0) return false;
    return !(message.preVote && order === 0 && this.#putsOff(from));
  }

  /** Two that could both be elected ask at once: the lower id goes first. */
  #putsOff(from: BrokerId): boolean {
    const standsItself = this.#campaign?.preVote === true && this.#state.brokerId < from;
    if (!standsItself || this.#putOff.has(from)) return false;
    this.#putOff.add(from);
    return true;
  }

  /** An answer of this term or, granted to a pre-vote, of the next. */
  answer(from: BrokerId, message: ElectionAnswer, nowMs: number): void {
    const state = this.#state;
    const campaign = this.#campaign;
    const answers = message.granted && message.preVote ? state.term + 1 : state.term;
    if (message.term > answers) {
      this.#concede(message.term);
      return;
    }
    if (campaign === undefined || campaign.preVote !== message.preVote || !message.granted || message.term !== answers) return;
    campaign.granted.add(from);
    const own = state.isVoter ? 1 : 0;
    if (campaign.preVote && this.#votes(campaign) + own >= state.quorum && this.#mayStand(nowMs)) this.#stand(nowMs, false);
  }

  #concede(term: number): void {
    this.#campaign = undefined;
    this.#putOff.clear();
    this.#state.follow(term, null);
  }

  /** True once a majority has voted, this broker among it only with its own vote on the disk. */
  get won(): boolean {
    const campaign = this.#campaign;
    if (campaign === undefined || campaign.preVote || this.#state.role !== 'candidate') return false;
    // It was told so after it had stood: others may have voted for it that lack what it has lost too.
    if (this.#state.impaired) return false;
    const own = this.#state.isVoter && this.#state.disk.voteTicket === undefined ? 1 : 0;
    return this.#votes(campaign) + own >= this.#state.quorum;
  }

  /** Of the voters that there are now, without this broker. */
  #votes(campaign: Campaign): number {
    return this.#state.voters.filter((voter) => campaign.granted.has(voter)).length;
  }

  /** The campaign is over: this broker leads. */
  close(): void {
    this.#campaign = undefined;
    this.#putOff.clear();
  }
}

/** Which log is more up to date (Raft paper 5.4.1): positive when `left` is. */
function compareLogs(left: LogPosition, right: LogPosition): number {
  return left.term - right.term || left.index - right.index;
}
