import { type ParsedTopic, parseTopic } from '../../../common/topics.ts';
import { RateWindow } from './rate-window.ts';

const rateSeconds = 1;

/** One topic of a feed, and what came on it. */
export class FollowedTopic {
  readonly topic: string;
  readonly filter: ParsedTopic;
  readonly rate = new RateWindow(rateSeconds);
  received = 0;
  /** In the feed's ring, and their bytes. */
  kept = 0;
  keptBytes = 0;
  /** Lost on the way here: a slow link or a slow client of another node. */
  lost = 0;

  /** @throws SignalboxError `INVALID_PARAMS` when it is no topic */
  constructor(topic: string) {
    this.topic = topic;
    this.filter = parseTopic(topic);
  }
}
