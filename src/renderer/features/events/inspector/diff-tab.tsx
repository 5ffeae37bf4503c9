import { useTranslation } from '../../../i18n/index.ts';
import { pointerLabel } from '../../shared/payload/json-lines.ts';
import { clockOf } from '../model/clock.ts';
import { type Difference, maxDifferences } from '../model/diff.ts';
import { payloadText } from '../model/payload-text.ts';
import type { Comparison } from './use-comparison.ts';

const longestValue = 200;
const signs = { added: '+', removed: '−', changed: '≠' } as const;

/** Field by field what differs: a sign carries it, the ground only helps. */
export function DiffTab({ comparison }: { readonly comparison: Comparison }) {
  const { t } = useTranslation('events');
  const words = { self: t('diffSelf'), none: t('diffNoPrevious'), gone: t('diffGone'), loading: '' };
  if (comparison.kind !== 'ready') return <p className="sb-events-changes sb-3">{words[comparison.kind]}</p>;
  const { differences, withPinned, topic, timestampMs } = comparison;
  const time = clockOf(timestampMs);
  return (
    <>
      <p className="sb-events-changes sb-3">{withPinned ? t('diffPinned', { topic, time }) : t('diffPrevious', { time })}</p>
      {differences.length === 0 ? (
        <p className="sb-events-changes">{t('diffSame')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="sb-events-diff sb-select" tabIndex={0} aria-label={t('tab_diff')}>
          <ul>
            {differences.map((difference) => (
              <li key={`${difference.kind} ${difference.pointer}`} data-kind={difference.kind}>
                <DifferenceLine difference={difference} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {differences.length === maxDifferences && <p className="sb-events-changes sb-3">{t('diffTooMany', { most: maxDifferences })}</p>}
    </>
  );
}

function DifferenceLine({ difference }: { readonly difference: Difference }) {
  const { t } = useTranslation('events');
  const { kind, pointer, before, after } = difference;
  return (
    <>
      <span title={t(`diff_${kind}`)}>{signs[kind]}</span>
      <span className="sb-mono">{pointerLabel(pointer)}</span>
      <span className="sb-mono sb-2">
        {kind !== 'added' && <del>{payloadText(before).slice(0, longestValue)}</del>}
        {kind === 'changed' && ' → '}
        {kind !== 'removed' && <ins>{payloadText(after).slice(0, longestValue)}</ins>}
      </span>
    </>
  );
}
