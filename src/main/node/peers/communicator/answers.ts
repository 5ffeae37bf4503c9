import { type Logger, RepeatSampler } from '../../telemetry/index.ts';
import type { PeerContext, PeerMessage, SendOptions } from '../types.ts';
import { AnswerRoom } from './answer-room.ts';
import { errorMessage } from './network-errors.ts';
import { checkSize, type Outbound } from './outbound.ts';

const answerTtlSeconds = 60;

/** Answers what peers ask. Nothing here throws: whoever asked has a timeout. */
export class Answers {
  readonly #outbound: Outbound;
  readonly #logger: Logger;
  readonly #room = new AnswerRoom();
  readonly #unknownTypes = new RepeatSampler();

  constructor(outbound: Outbound, logger: Logger) {
    this.#outbound = outbound;
    this.#logger = logger;
  }

  /** Answers that were not sent because a peer takes none, since the start. */
  get refused(): number {
    return this.#room.refused;
  }

  /** Answers a request with the `request_id` of what was asked. */
  answer(request: PeerMessage, { origin, priority }: PeerContext, message: PeerMessage): void {
    this.#send(origin.nodeId, { ...message, request_id: request.request_id }, { priority, ttlSeconds: answerTtlSeconds });
  }

  /** Tells a peer that a type is not known here. @param requestId of what it asked */
  unknownType(nodeId: string, type: string, requestId: string | undefined): void {
    const suppressed = this.#unknownTypes.take(`${nodeId} ${type}`);
    if (suppressed !== undefined)
      this.#logger.warn('peers.unknownType', 'A peer sent a message of a type that this version does not know.', {
        nodeId,
        type,
        suppressed,
      });
    const answer = errorMessage('ProtocolError', `This node does not know the type ${type}.`, requestId);
    // Without a request one answer says as much as many.
    const once = requestId === undefined && { supersedes: 'ProtocolError' };
    this.#send(nodeId, answer, { priority: 'Low', ttlSeconds: answerTtlSeconds, ...once });
  }

  #send(nodeId: string, message: PeerMessage, options: SendOptions): void {
    const payload = JSON.stringify(message);
    const release = this.#room.reserve(nodeId, payload.length);
    if (release === undefined) return;
    void this.#sendWithin(nodeId, message.type, payload, options)
      .catch((error: unknown) =>
        this.#logger.debug('peers.notAnswered', 'A request of a peer could not be answered.', { nodeId, type: message.type, error }),
      )
      .finally(release);
  }

  async #sendWithin(nodeId: string, type: string, payload: string, options: SendOptions): Promise<void> {
    checkSize(payload, type);
    const { settled } = await this.#outbound.send(nodeId, payload, options);
    await settled;
  }
}
