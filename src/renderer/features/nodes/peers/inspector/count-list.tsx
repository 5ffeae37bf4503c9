import { formatCount } from '../../../../state/format.ts';

export interface Count {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  /** Above 0 it is worth a look. */
  readonly trouble?: boolean;
}

/** Figures that only grow, two a line. @param props.labelledBy id of the head above */
export function CountList({ counts, labelledBy }: { readonly counts: readonly Count[]; readonly labelledBy: string }) {
  return (
    <dl className="pe-counts sb-num" aria-labelledby={labelledBy}>
      {counts.map(({ id, label, hint, value, trouble }) => (
        <div key={id} title={hint}>
          <dt>{label}</dt>
          <dd className={trouble === true && value > 0 ? 'sb-warn' : undefined}>{formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
