import type { NodeStatus } from '../../../common/contract/node.ts';
import { goToPath, viewOf } from '../../app/routes.ts';
import { IconAlertTriangle, StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { formatAge } from '../../state/format.ts';

/** What needs a person, worst first; one calm line when nothing does. */
export function Attention({ problems, nowMs }: { readonly problems: NodeStatus['problems']; readonly nowMs: number }) {
  const { t } = useTranslation('overview');
  if (problems.length === 0)
    return (
      <div className="sb-part-head ov-calm">
        <StateShape kind="online" />
        <span>{t('calm')}</span>
        <span className="sb-3 sb-clip">{t('calmDetail')}</span>
      </div>
    );
  const sorted = [...problems].sort((a, b) => Number(b.severity === 'crit') - Number(a.severity === 'crit') || a.sinceMs - b.sinceMs);
  return (
    <section aria-labelledby="ov-attention">
      <div className="sb-part-head">
        <IconAlertTriangle
          size={16}
          stroke={1.5}
          className={problems.some(({ severity }) => severity === 'crit') ? 'sb-crit' : 'sb-warn'}
        />
        <h2 id="ov-attention" className="sb-h">
          {t('attention', { count: problems.length })}
        </h2>
      </div>
      <ul className="ov-problems">
        {sorted.map((problem) => (
          <li key={problem.id} className={`ov-problem ${problem.severity}`}>
            <StateShape kind={problem.severity === 'crit' ? 'failed' : 'warn'} />
            <div className="sb-grow">
              <b>{problem.title}</b> <span className="sb-num">· {t('since', { age: formatAge(nowMs - problem.sinceMs) })}</span>
              <div className="sb-2">{problem.detail}</div>
            </div>
            {problem.view !== null && viewOf(problem.view) !== 'overview' && (
              <button type="button" className="sb-link" onClick={() => goToPath(problem.view ?? '/overview')}>
                {t('openView', { view: t(`view_${viewOf(problem.view)}`) })}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
