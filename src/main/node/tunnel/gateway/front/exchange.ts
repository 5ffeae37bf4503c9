import type { HeaderPairs, ResetCode, ResponseHead, StreamEvents, TunnelStream } from '../../link/types.ts';
import type { AgentSession } from '../types.ts';
import { abort } from './abort.ts';
import { AnswerWriter, watchClose } from './answer-writer.ts';
import { askAgent, mayAskAgain } from './ask-agent.ts';
import { type ErrorAnswer, sayError } from './error-answer.ts';
import type { ExchangeFacts } from './exchange-facts.ts';
import type { Awaited, FrontContext, Hesitant, Stallable } from './front-context.ts';
import type { AnswerOwner } from './front-response.ts';
import * as answers from './gateway-answers.ts';
import { passInformational } from './informational.ts';
import type { RawPipe } from './raw-pipe.ts';
import { type CheckedHead, checkHead } from './response-head.ts';
import { switchProtocols } from './switch-protocols.ts';
import { type UploadOwner, UploadPump } from './upload-pump.ts';
import type { Guest } from './waiting-room.ts';

/** waiting: for an agent in grace; asked: no head of an answer yet; piped: become a raw connection. */
type Phase = 'waiting' | 'asked' | 'answering' | 'piped' | 'over';

/** One request and its answer: both bodies stream, each held to the pace of whoever reads it; nothing is kept (seed 5 section 2). */
export class Exchange implements StreamEvents, Awaited, Hesitant, Stallable, Guest, AnswerOwner, UploadOwner {
  progressAtMs: number;
  readonly #context: FrontContext;
  readonly #facts: ExchangeFacts;
  readonly #upload: UploadPump;
  readonly #answer: AnswerWriter;
  #phase: Phase = 'waiting';
  #stream: TunnelStream | undefined;
  #pipe: RawPipe | undefined;
  #repeated = false;
  #continued = false;

  constructor(context: FrontContext, facts: ExchangeFacts) {
    this.#context = context;
    this.#facts = facts;
    this.progressAtMs = facts.startedAtMs;
    const { request, response, head, flows } = facts;
    this.#upload = new UploadPump(request, head.bodyBytes, flows, context);
    this.#answer = new AnswerWriter(context, request, response, flows);
    watchClose(response, this);
    for (const flow of flows) flow.began();
    context.exchanges.add(this);
  }

  get agentId(): string {
    return this.#facts.match.agentId;
  }

  get routeId(): string | undefined {
    return this.#facts.match.routeId;
  }

  /** Hands the request to the agent, or lets it wait for it. */
  place(session: AgentSession | undefined): void {
    if (session === undefined || session.kind !== 'http') {
      this.#refuse(this.#repeated ? answers.afterReset(this.agentId, 'linkLost') : answers.noAgent(this.agentId));
    } else if (session.state === 'draining') this.#refuse(answers.busy(this.agentId, 'agent-draining'));
    else if (session.state === 'up') this.#ask(session);
    else {
      this.#phase = 'waiting';
      if (!this.#context.waiting.enter(this)) this.#refuse(answers.busy(this.agentId, 'waiting-full'));
      else if (!this.#upload.complete) this.#context.held.add(this.#facts.request.socket);
    }
  }

  /** The wait for an agent in grace is over. */
  arrived(session: AgentSession | undefined): void {
    if (this.#phase !== 'waiting') return;
    if (session === undefined) this.#refuse(answers.notBack(this.agentId));
    else this.place(session);
  }

  #ask(session: AgentSession): void {
    const nowMs = performance.now();
    this.#phase = 'asked';
    this.progressAtMs = nowMs;
    if (!this.#upload.complete) this.#context.held.delete(this.#facts.request.socket);
    const asked = askAgent(this.#context, this.#facts, session, this, nowMs);
    if ('refusal' in asked) {
      this.#refuse(asked.refusal);
      return;
    }
    this.#stream = asked.stream;
    this.#context.answers.add(this);
    if (this.#facts.expectsContinue) this.#context.hesitant.add(this);
    this.#upload.begin(asked.stream, this);
  }

  onHead(head: ResponseHead, end: boolean): void {
    if (this.#phase === 'answering') {
      this.#breakOff('protocol', 'A second head.');
      return;
    }
    if (this.#phase !== 'asked') return;
    if (head.status >= 100 && head.status < 200 && head.status !== 101) {
      if (head.status === 100 && this.#facts.expectsContinue) this.goOn();
      passInformational(this.#facts.response, head, this.#context.limits);
      return;
    }
    const checked = checkHead(head, this.#context.limits, this.#facts.request);
    if (typeof checked === 'string') {
      this.#bad(checked);
      return;
    }
    if (checked.status === 101) {
      this.#switch(checked, end);
      return;
    }
    const problem = this.#answer.begin(this.#stream as TunnelStream, checked, end);
    if (problem !== undefined) {
      this.#bad(problem);
      return;
    }
    this.#phase = 'answering';
    this.#answered(checked.status);
    if (end) this.#finished();
    else if (this.#upload.isHeld) this.uploadHeld();
  }

  onData(chunk: Uint8Array): void {
    if (this.#pipe !== undefined) this.#pipe.onData(chunk);
    else if (this.#phase === 'asked') this.#bad('It began without a head.');
    else if (this.#phase === 'answering') {
      this.#moved();
      if (!this.#answer.write(chunk)) this.#breakOff('protocol', 'The body is longer than its head says.');
    }
  }

  onEnd(trailers: HeaderPairs): void {
    if (this.#pipe !== undefined) this.#pipe.onEnd();
    else if (this.#phase === 'asked') this.#bad('It ended without a head.');
    else if (this.#phase === 'answering') {
      if (this.#answer.finish(trailers)) this.#finished();
      else this.#breakOff('broken', 'The body is shorter than its head says.');
    }
  }

  onReset(code: ResetCode, reason: string): void {
    if (this.#pipe !== undefined) {
      this.#pipe.onReset();
      return;
    }
    this.#stream = undefined;
    if (this.#phase === 'answering') {
      this.#breakOff(code, reason);
      return;
    }
    if (this.#phase !== 'asked') return;
    this.#context.answers.delete(this);
    if (!this.#repeated && mayAskAgain(this.#facts, code)) {
      this.#repeated = true;
      this.place(this.#context.directory.find(this.agentId));
    } else this.#refuse(answers.afterReset(this.agentId, code));
  }

  onDrain(): void {
    if (this.#pipe !== undefined) this.#pipe.onDrain();
    else {
      this.#context.stalls.delete(this);
      this.#upload.resume();
    }
  }

  /** A piece of the request's body has come: the time to the head begins anew. */
  uploaded(): void {
    this.progressAtMs = performance.now();
  }

  /** From now on something waits that only the service can take; before its answer has begun the limit of that is the shorter one. */
  uploadHeld(): void {
    if (this.#phase !== 'answering') return;
    this.progressAtMs = performance.now();
    this.#context.stalls.add(this);
  }

  uploadRefused(): void {
    const { request, response } = this.#facts;
    // What follows is not looked at.
    this.#context.shut.add(request.socket);
    if (this.#phase === 'asked') {
      response.shouldKeepAlive = false;
      this.#stream?.reset('cancelled', answers.chunkFraming.message);
      this.#refuse(answers.chunkFraming);
    } else {
      this.#context.refuse('malformed', this.agentId, this.routeId);
      this.#breakOff('cancelled', answers.chunkFraming.message);
    }
  }

  overdue(nowMs: number): void {
    const { answerMs, stalledMs } = this.#context.limits;
    const clientMaySend = !this.#facts.expectsContinue || this.#continued;
    if (!this.#upload.waitsForClient || !clientMaySend) this.#giveUp('timeout', answers.overdue(this.agentId, answerMs / 1_000));
    else if (nowMs - this.progressAtMs < stalledMs) this.#context.answers.add(this);
    else this.#giveUp('cancelled', answers.clientTooSlow(this.agentId));
  }

  /** Lets the client send its body. */
  goOn(): void {
    if (this.#phase !== 'asked' || this.#continued) return;
    this.#continued = true;
    this.#context.hesitant.delete(this);
    this.#facts.response.writeContinue();
    this.uploaded();
  }

  clientRead(): void {
    this.#moved();
  }

  /** The service has taken nothing of the body for too long, and nothing of its answer has moved either. */
  stalled(): void {
    this.#breakOff('timeout', 'The service takes nothing of the request and sends nothing.');
  }

  clientStalled(): void {
    this.#breakOff('timeout', 'The client reads nothing.');
  }

  clientGone(): void {
    if (this.#phase === 'over') this.#answer.gone();
    if (this.#phase === 'over' || this.#phase === 'piped') return;
    this.#stream?.reset('cancelled', 'The client is gone.');
    this.#over();
  }

  /** Ends what is on its way, for example because its route is gone. @param reason for the agent */
  end(reason: string): void {
    if (this.#phase !== 'over') this.#breakOff('cancelled', reason);
  }

  #switch(head: CheckedHead, end: boolean): void {
    const { switched } = this.#facts;
    if (switched === undefined || end) {
      this.#bad('It changes the protocol, which nobody asked for.');
      return;
    }
    this.#phase = 'piped';
    this.#context.answers.delete(this);
    this.#answered(head.status);
    this.#pipe = switchProtocols(this.#context, this.#facts.response, switched, head, this.#stream as TunnelStream, {
      flows: this.#facts.flows,
      onClosed: () => this.#over(),
    });
  }

  #moved(): void {
    if (this.#upload.isHeld) this.progressAtMs = performance.now();
  }

  #answered(status: number): void {
    this.#context.answers.delete(this);
    const nowMs = performance.now();
    for (const flow of this.#facts.flows) flow.answered(nowMs, nowMs - this.#facts.startedAtMs, status >= 500);
  }

  #finished(): void {
    if (!this.#upload.complete) this.#stream?.reset('cancelled', 'The answer was complete before the request was.');
    this.#over();
  }

  #bad(why: string): void {
    this.#giveUp('protocol', answers.badAnswer(this.agentId, why));
  }

  #giveUp(code: ResetCode, answer: ErrorAnswer): void {
    this.#stream?.reset(code, answer.message);
    this.#say(answer);
  }

  #refuse(refusal: answers.Refusal): void {
    if (refusal.refusal !== undefined) this.#context.refuse(refusal.refusal, this.agentId, this.routeId);
    this.#say(refusal);
  }

  #say(answer: ErrorAnswer): void {
    const { request, response } = this.#facts;
    this.#answered(answer.status);
    sayError(request, response, answer);
    this.#over();
  }

  /** A part of the answer may be out: its end must not look like one (tunnel.md 2). */
  #breakOff(code: ResetCode, reason: string): void {
    if (this.#pipe === undefined) this.#stream?.reset(code, reason);
    const nowMs = performance.now();
    for (const flow of this.#facts.flows) flow.broke(nowMs);
    this.#over();
    abort(this.#facts.request.socket);
  }

  #over(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#context.answers.delete(this);
    this.#context.hesitant.delete(this);
    this.#context.stalls.delete(this);
    this.#context.waiting.leave(this);
    this.#context.exchanges.delete(this);
    this.#answer.letGo();
    this.#upload.letGo();
    for (const flow of this.#facts.flows) flow.ended();
  }
}
