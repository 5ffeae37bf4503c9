import { useMemo } from 'react';
import { Empty } from '../../../design/feedback/states.tsx';
import { IconHistory } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { diffJson, type JsonChange } from '../model/json-diff.ts';
import { shortJson } from '../model/json-preview.ts';
import type { Run } from '../state/run.ts';

const signs = { added: '+', removed: '−', changed: '≠' } as const;

/** What changed since the answer before, member by member. */
export function ResultDiff({ current, previous }: { readonly current: Run; readonly previous: Run | undefined }) {
  const { t } = useTranslation('rpc');
  const diff = useMemo(() => (previous === undefined ? undefined : diffJson(previous.data, current.data)), [previous, current]);
  if (previous === undefined || diff === undefined) {
    return (
      <Empty icon={<IconHistory size={24} stroke={1.5} />} title={t('diffNone')}>
        {t('diffNoneHelp')}
      </Empty>
    );
  }
  const count = diff.changes.length;
  const time = formatTime(previous.startedAtMs);
  return (
    <>
      <p className="sb-rpc-progress sb-3">
        {count === 0 ? t('diffSame', { time }) : t('diffCount', { count, time })}
        {diff.more && ` ${t('diffMore')}`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="sb-scroll sb-rpc-diff sb-select" aria-label={t('result_diff')} tabIndex={0}>
        {diff.changes.map((change) => (
          <Change key={change.pointer} change={change} />
        ))}
      </ul>
    </>
  );
}

function Change({ change }: { readonly change: JsonChange }) {
  const { t } = useTranslation('rpc');
  return (
    <li data-kind={change.kind}>
      <span className="sb-rpc-sign" role="img" aria-label={t(`diff_${change.kind}`)}>
        {signs[change.kind]}
      </span>
      <code className="sb-mono">{change.pointer === '' ? '/' : change.pointer}</code>
      <span className="sb-mono">
        {change.kind !== 'removed' && <ins>{shortJson(change.after)}</ins>}
        {change.kind !== 'added' && (
          <del className="sb-2">
            {change.kind === 'changed' ? t('diffBefore', { value: shortJson(change.before) }) : shortJson(change.before)}
          </del>
        )}
      </span>
    </li>
  );
}
