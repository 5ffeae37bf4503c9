import type { Engine } from '../../engine/engine.ts';
import type { QueueSeries } from '../../engine/queue-series.ts';
import type { BrokerPeers } from '../../peers/index.ts';
import type { OperationName, OperationOf } from '../../protocol/index.ts';
import type { Call } from './call.ts';

/** What handlers act on. */
export interface OperationContext {
  readonly engine: Engine;
  readonly series: QueueSeries;
  /** Undefined where a broker runs without others. */
  readonly peers: BrokerPeers | undefined;
  /** For backups that nobody named a file for. */
  readonly backupFolder: string;
}

/** Answers or refuses the call, now or later. Throws SignalboxError for what it refuses at once. */
export type Handler<Name extends OperationName> = (context: OperationContext, operation: OperationOf<Name>, call: Call) => void;
