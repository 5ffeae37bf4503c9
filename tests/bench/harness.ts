/** Compares what we built with its peers, side by side in one run: ratios, because absolute numbers belong to a machine. */

/** Something that can be measured again and again. */
export interface Subject {
  readonly name: string;
  /** What has a thing when it is said to be done, where that differs. */
  readonly durability?: string;
  /** One round's value. */
  sample(): Promise<number>;
}

export interface Aim {
  readonly peer: string;
  /** Ours divided by the peer's: the median over the rounds. */
  readonly ratio: number;
  readonly kind: 'atLeast' | 'atMost';
}

export interface Measure {
  readonly measure: string;
  readonly unit: string;
  /** Ours first. */
  readonly subjects: readonly [Subject, ...Subject[]];
  readonly aims: readonly Aim[];
}

export interface BenchOptions {
  readonly rounds: number;
  readonly json: boolean;
  /** Length of one sample. */
  readonly seconds: number;
}

/** A benchmark of `npm run bench -- NAME`. */
export type Bench = (options: BenchOptions) => Promise<boolean>;

interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  readonly spread: readonly [number, number];
  readonly peer: string;
  readonly peerValue: number;
  readonly peerSpread: readonly [number, number];
  readonly ratio: number;
  readonly aim: string | null;
  readonly holds: boolean | null;
  readonly durability?: string;
  readonly peerDurability?: string;
}

/**
 * Runs every subject of every measure once a round, in turn, so that a busy machine disturbs all alike.
 *
 * @returns whether every aim holds
 */
export async function runMeasures(measures: readonly Measure[], options: BenchOptions): Promise<boolean> {
  const samples = new Map<Subject, number[]>();
  for (let round = 0; round < options.rounds; round++) {
    for (const { subjects } of measures) {
      // Every other round backwards, so that nobody always runs on a warm machine.
      for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
        const values = samples.get(subject) ?? [];
        values.push(await subject.sample());
        samples.set(subject, values);
      }
    }
  }
  const rows = measures.flatMap((measure) => rowsOf(measure, samples));
  if (options.json) for (const { spread: _spread, peerSpread: _peerSpread, ...row } of rows) console.log(JSON.stringify(row));
  else printTable(rows);
  return rows.every(({ holds }) => holds !== false);
}

function rowsOf({ measure, unit, subjects, aims }: Measure, samples: ReadonlyMap<Subject, readonly number[]>): Row[] {
  const [ours, ...peers] = subjects;
  const own = samples.get(ours) ?? [];
  return peers.map((peer) => {
    const theirs = samples.get(peer) ?? [];
    // Paired by round: what disturbs a round disturbs both.
    const ratio = median(own.map((value, index) => value / (theirs[index] ?? Number.NaN)));
    const aim = aims.find((candidate) => candidate.peer === peer.name);
    return {
      measure,
      value: round(median(own)),
      unit,
      spread: spread(own),
      peer: peer.name,
      peerValue: round(median(theirs)),
      peerSpread: spread(theirs),
      ratio: Math.round(ratio * 100) / 100,
      aim: aim === undefined ? null : `${aim.kind === 'atLeast' ? '>=' : '<='} ${aim.ratio}`,
      holds: aim === undefined ? null : aim.kind === 'atLeast' ? ratio >= aim.ratio : ratio <= aim.ratio,
      ...(ours.durability === undefined ? {} : { durability: ours.durability }),
      ...(peer.durability === undefined ? {} : { peerDurability: peer.durability }),
    };
  });
}

function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.measure,
    `${row.value} ${row.unit}`,
    range(row.spread),
    row.peer,
    `${row.peerValue} ${row.unit}`,
    range(row.peerSpread),
    row.ratio.toFixed(2),
    row.aim ?? '',
    row.holds === null ? '' : row.holds ? 'holds' : 'MISSED',
    row.durability === undefined ? '' : `${row.durability} / ${row.peerDurability ?? ''}`,
  ]);
  const head = [
    'measure',
    'ours',
    'spread',
    'peer',
    'peer value',
    'spread',
    'ratio',
    'aim',
    '',
    rows.some(({ durability }) => durability) ? 'done means' : '',
  ];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of [head, ...lines])
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function spread(values: readonly number[]): [number, number] {
  return [round(Math.min(...values)), round(Math.max(...values))];
}

function range([low, high]: readonly [number, number]): string {
  return `${low}..${high}`;
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
