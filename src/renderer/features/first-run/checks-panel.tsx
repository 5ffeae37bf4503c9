import { useId, useState } from 'react';
import type { Check } from '../../../common/contract/system.ts';
import { goToPath } from '../../app/routes.ts';
import { type StateKind, StateShape } from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useCall } from '../../state/use-call.ts';
import { CallFailure } from '../shared/call-failure.tsx';

const shapes: Record<Check['state'], StateKind> = { pass: 'online', warn: 'warn', fail: 'failed', unknown: 'unknown' };
const states = ['fail', 'warn', 'pass', 'unknown'] as const;
/** A port that was taken becomes free, a clock is set: the panel follows while it is looked at. */
const checksEveryMs = 10_000;

/** What has to be right on this computer, each line with what to do about it. */
export function ChecksPanel() {
  const { t } = useTranslation('firstRun');
  const heading = useId();
  const { state, retry } = useCall('system.checks', {}, { pollMs: checksEveryMs });
  if (state.kind === 'error') return <CallFailure title={t('checksFailed')} error={state.error} call="system.checks" onRetry={retry} />;
  const checks = state.kind === 'loading' ? undefined : state.data.checks;
  return (
    <section className="fr-checks" aria-labelledby={heading} aria-busy={checks === undefined}>
      <div className="fr-checks-head">
        <h2 id={heading} className="sb-h">
          {t('checks')}
        </h2>
        <span className="sb-grow" />
        {checks === undefined ? (
          <span className="sb-3 sb-flex" role="status">
            <StateShape kind="running" />
            {t('checksRunning')}
          </span>
        ) : (
          <span className="sb-3 sb-num">{tally(t, checks)}</span>
        )}
        {checks !== undefined && (
          <button type="button" className="sb-link" onClick={retry}>
            {t('checkAgain')}
          </button>
        )}
      </div>
      <ul>{checks?.map((check) => <CheckLine key={check.id} check={check} />) ?? <SkeletonLines />}</ul>
    </section>
  );
}

function tally(t: ReturnType<typeof useTranslation<'firstRun'>>['t'], checks: readonly Check[]): string {
  return states
    .map((state) => ({ state, count: checks.filter((check) => check.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => t(`tally_${state}`, { count }))
    .join(' · ');
}

function CheckLine({ check }: { readonly check: Check }) {
  const { t } = useTranslation('firstRun');
  const [open, setOpen] = useState(false);
  const id = useId();
  const { state, title, detail, fix, view } = check;
  return (
    <li className="fr-check">
      <div className="fr-check-line">
        <StateShape kind={shapes[state]} />
        <span className="fr-check-words">
          {title} {fix === null && detail !== null && <span className="sb-3">{detail}</span>}
        </span>
        {fix === null ? (
          <span className="sb-3">{t(`state_${state}`)}</span>
        ) : (
          <>
            <span className={state === 'fail' ? 'sb-crit' : 'sb-warn'}>{t(`state_${state}`)}</span>
            <button type="button" className="sb-link" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
              {t(open ? 'hideFix' : 'howToFix')}
            </button>
          </>
        )}
      </div>
      {fix !== null && (
        <div id={id} className="fr-fix" hidden={!open}>
          {detail !== null && <p className="sb-3">{detail}</p>}
          <p className="sb-2 sb-select">{fix}</p>
          {view !== null && (
            <button type="button" className="sb-link" onClick={() => goToPath(view)}>
              {t('openSetting')}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

function SkeletonLines() {
  return ['70%', '54%', '62%', '48%'].map((width) => (
    <li key={width} className="fr-check sb-skeleton">
      <i style={{ width }} />
    </li>
  ));
}
