import { entryChecksum } from '../../src/main/node/broker/core/checksum.ts';
import type { ConsensusCore } from '../../src/main/node/broker/core/consensus-core.ts';
import { Leader } from '../../src/main/node/broker/core/leader.ts';
import type { CoreMessage, Replicate } from '../../src/main/node/broker/core/types.ts';
import type { LogImage } from '../../src/main/node/broker/log/types.ts';

export type PlantedFault =
  | 'no-vote-flush'
  | 'no-previous-check'
  | 'counts-old-terms'
  | 'no-dedup'
  | 'no-read-round'
  | 'acknowledges-before-flush'
  | 'no-impaired-rule'
  | 'two-changes-at-once';

/** What the faults inside the core replace, and put back. They live here alone: nothing in the product can switch them on. */
type LeaderRules = { countsForCommit(index: number): boolean; changePending(): boolean };
const rules = Leader.prototype as unknown as LeaderRules;
const soundRules: LeaderRules = { countsForCommit: rules.countsForCommit, changePending: rules.changePending };

export function plant(fault: PlantedFault | undefined): void {
  rules.countsForCommit = fault === 'counts-old-terms' ? () => true : soundRules.countsForCommit;
  rules.changePending = fault === 'two-changes-at-once' ? () => false : soundRules.changePending;
}

/** Without the check of what comes before them, entries are taken wherever they fit. */
export function withoutPreviousCheck(message: CoreMessage, core: ConsensusCore): CoreMessage {
  if (message.type !== 'REPLICATE') return message;
  const previous = core.positionAt(message.previous.index);
  return previous === undefined || previous.term === message.previous.term ? message : chained({ ...message, previous });
}

function chained(message: Replicate): Replicate {
  let before = message.previous.checksum;
  const entries = message.entries.map((entry) => {
    before = entryChecksum(before, entry);
    return { ...entry, checksum: before };
  });
  return { ...message, entries };
}

/** A broker that believes whatever its disk holds. */
export function withoutGuard(image: LogImage, hardState: LogImage['hardState']): LogImage {
  return { ...image, hardState, impaired: false };
}

export function withoutMemories(message: CoreMessage): CoreMessage {
  if (message.type === 'HEARTBEAT') return { ...message, durable: {} };
  return message.type === 'ELECTION_REQUEST' ? { ...message, receiverDurableIndex: 0 } : message;
}
