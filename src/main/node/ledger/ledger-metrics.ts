import type { Metrics } from '../telemetry/index.ts';

/** What `/metrics` shows of the ledger. */
export interface LedgerFigures {
  readonly height: number;
  readonly entries: number;
  readonly chains: number;
  readonly waiting: number;
  readonly damaged: number;
  readonly sizeBytes: number;
}

/** Gauges of the ledger, read when they are asked for. */
export function registerLedgerMetrics(metrics: Metrics, figures: () => LedgerFigures): void {
  const gauge = (name: string, help: string, read: (now: LedgerFigures) => number) => metrics.gauge({ name, help }, () => read(figures()));
  gauge('signalbox_ledger_height', 'Height of the own chain of the ledger', ({ height }) => height);
  gauge('signalbox_ledger_entries', 'Entries of the own chain that are held', ({ entries }) => entries);
  gauge('signalbox_ledger_chains', 'Chains that are held: the own one and copies', ({ chains }) => chains);
  gauge('signalbox_ledger_waiting', 'Acts that are not in a block yet', ({ waiting }) => waiting);
  gauge('signalbox_ledger_damaged', 'Chains in which a fault was found', ({ damaged }) => damaged);
  gauge('signalbox_ledger_bytes', 'Bytes of all entries held', ({ sizeBytes }) => sizeBytes);
}
