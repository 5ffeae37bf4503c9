import type { BrokerId } from '../core/types.ts';
import type { PeerConnection } from './peer-connection.ts';
import { type BrokerRecord, mergeRecords, type PeerRecords, recogniseBroker, refusalOf } from './peer-records.ts';
import type { PeerBroker } from './types.ts';

/** How long the earlier start of a broker has to answer before a later one takes its place. */
const livesMs = 2_000;

export interface RecogniserOptions {
  readonly records: PeerRecords;
  /** The connection of a broker that there is now. */
  readonly connectionOf: (brokerId: BrokerId) => PeerConnection | undefined;
  /** The node that a broker runs on, as a group of this broker says; undefined where none does. */
  readonly nodeOf: (brokerId: BrokerId) => string | undefined;
  /** What was learnt is to be told to all others. */
  readonly onLearnt: (records: readonly BrokerRecord[]) => void;
  /** A copy or an old disk was refused. */
  readonly onCopy: (brokerId: BrokerId, reason: Error) => void;
}

/** Says whether a broker is the one that was known by its id, and remembers it on disk before anybody speaks with it. */
export class BrokerRecogniser {
  readonly #options: RecogniserOptions;

  constructor(options: RecogniserOptions) {
    this.#options = options;
  }

  /** @throws SignalboxError `REPLAYED`, `CONFLICT`, `STORAGE_FULL` */
  async recognise(peer: PeerBroker): Promise<void> {
    const { records, onLearnt, onCopy } = this.#options;
    const claimed = recordOf(peer);
    const isStillThere = await this.#isStillThere(claimed);
    // Nothing is waited for from here until it is remembered: of two that claim an id at the same time one is the first.
    const known = this.#known(claimed);
    const recognition = recogniseBroker(known, claimed);
    if (recognition.kind === 'known') return;
    // A disk that was copied while its broker runs counts one start more than that broker: it is alive, so the newcomer is the copy.
    if (recognition.kind === 'new' && !isStillThere) {
      await records.keep([claimed]);
      onLearnt([claimed]);
      return;
    }
    const refusal = refusalOf(recognition, claimed, known, peer.name);
    if (refusal.code === 'REPLAYED') onCopy(peer.brokerId, refusal);
    throw refusal;
  }

  /**
   * Takes in whom another broker has met.
   *
   * @returns those of whom something else is believed from now on: connections of other starts are to be cut
   * @throws SignalboxError `STORAGE_FULL`
   */
  async told(told: readonly BrokerRecord[]): Promise<readonly BrokerRecord[]> {
    const { records, onLearnt } = this.#options;
    const kept = told.flatMap((record) => mergeRecords(records.get(record.brokerId), record) ?? []);
    if (kept.length === 0) return kept;
    await records.keep(kept);
    onLearnt(kept);
    return kept;
  }

  /** What is known of an id. Where a group says which node has it, that counts, and not who came first. */
  #known({ brokerId, nodeId }: BrokerRecord): BrokerRecord | undefined {
    const known = this.#options.records.get(brokerId);
    const owner = this.#options.nodeOf(brokerId);
    if (owner === undefined) return known;
    if (owner !== nodeId) return { brokerId, nodeId: owner, incarnation: 0, startId: null };
    return known?.nodeId === owner ? known : undefined;
  }

  async #isStillThere({ brokerId, incarnation }: BrokerRecord): Promise<boolean> {
    const before = this.#options.connectionOf(brokerId);
    return before !== undefined && before.peer.incarnation < incarnation && (await before.lives(livesMs));
  }
}

function recordOf({ brokerId, nodeId, incarnation, startId }: PeerBroker): BrokerRecord {
  return { brokerId, nodeId, incarnation, startId };
}
