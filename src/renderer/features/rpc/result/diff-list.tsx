import { useMemo } from 'react';
import { useTranslation } from '../../../i18n/index.ts';
import { diffJson, type JsonChange } from '../model/json-diff.ts';
import { shortJson } from '../model/json-preview.ts';

const signs = { added: '+', removed: '−', changed: '≠' } as const;

interface DiffListProps {
  readonly before: unknown;
  readonly after: unknown;
  /** The sentence when there is no difference, and the one that counts them. */
  readonly same: string;
  readonly count: (count: number) => string;
  /** Writes the value on the other side of a change: `was 5`. */
  readonly was: (value: string) => string;
}

/** What differs between two values, member by member. */
export function DiffList({ before, after, same, count, was }: DiffListProps) {
  const { t } = useTranslation('rpc');
  const diff = useMemo(() => diffJson(before, after), [before, after]);
  return (
    <>
      <p className="sb-rpc-progress sb-3">
        {diff.changes.length === 0 ? same : count(diff.changes.length)}
        {diff.more && ` ${t('diffMore')}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="sb-scroll sb-rpc-diff sb-select" aria-label={t('result_diff')} tabIndex={0}>
        {diff.changes.map((change) => (
          <Change key={change.pointer} change={change} was={was} />
        ))}
      </ul>
    </>
  );
}

function Change({ change, was }: { readonly change: JsonChange; readonly was: DiffListProps['was'] }) {
  const { t } = useTranslation('rpc');
  const before = shortJson(change.before);
  return (
    <li data-kind={change.kind}>
      <span className="sb-rpc-sign" role="img" aria-label={t(`diff_${change.kind}`)}>
        {signs[change.kind]}
      </span>
      <code className="sb-mono">{change.pointer === '' ? '/' : change.pointer}</code>
      <span className="sb-mono">
        {change.kind !== 'removed' && <ins>{shortJson(change.after)}</ins>}
        {change.kind !== 'added' && <del className="sb-2">{change.kind === 'changed' ? was(before) : before}</del>}
      </span>
    </li>
  );
}
