import { useMemo } from 'react';
import { allows } from '../../../common/roles.ts';
import { goTo } from '../../app/routes.ts';
import { IconUser, StateLabel, StateShape } from '../../design/icons/index.ts';
import { i18next, useTranslation } from '../../i18n/index.ts';
import { formatDuration, formatTime } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { useCall } from '../../state/use-call.ts';
import { type Activity, mergeActivity } from './model/activity.ts';

const shown = 60;
const everyMs = 3_000;

/** What was called and changed, newest first: for admins with what it was done to. */
export function ActivityList() {
  const { t } = useTranslation('overview');
  const roles = useNode(({ me }) => me?.roles);
  const isAdmin = allows(roles ?? [], 'admin');
  const calls = useCall('rpc.activity', { limit: shown }, { pollMs: everyMs });
  const audit = useCall('audit.list', { limit: shown }, { pollMs: everyMs, enabled: isAdmin });
  const entries = useMemo(() => {
    const known = calls.state.kind === 'ready' || calls.state.kind === 'stale' ? calls.state.data.entries : [];
    const audited = audit.state.kind === 'ready' || audit.state.kind === 'stale' ? audit.state.data.entries : undefined;
    return mergeActivity(known, isAdmin ? audited : undefined, shown);
  }, [calls.state, audit.state, isAdmin]);
  return (
    <section className="ov-activity sb-col" aria-labelledby="ov-activity">
      <div className="sb-part-head">
        <h2 id="ov-activity" className="sb-h">
          {t('activity')}
        </h2>
        {calls.state.kind === 'error' && (
          <StateLabel kind="failed">{t('withCode', { word: t('activityFailed'), code: calls.state.error.code })}</StateLabel>
        )}
        <span className="sb-grow" />
        {isAdmin && (
          <button type="button" className="sb-link" onClick={() => goTo('settings', { section: 'audit' })}>
            {t('openAudit')}
          </button>
        )}
        <button type="button" className="sb-link" onClick={() => goTo('rpc')}>
          {t('openRpc')}
        </button>
      </div>
      {entries.length === 0 && calls.state.kind === 'ready' && <p className="sb-3 ov-note">{t('activityEmpty')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="sb-scroll ov-activity-list" tabIndex={0} aria-label={t('activityList')}>
        {entries.map((entry) => (
          <li key={entry.id} className="ov-act">
            <span className="sb-3 sb-num">{formatTime(entry.atMs)}</span>
            {entry.outcome === 'done' ? <IconUser size={14} stroke={1.5} className="sb-3" /> : <StateShape kind="failed" />}
            <Sentence entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Acts with a sentence of their own; a method of a later version is named. */
function wordsOf({ act, object }: Activity): string {
  const t = i18next.getFixedT(null, 'overview');
  const key = `act_${act.replaceAll('.', '_')}`;
  if (i18next.exists(key, { ns: 'overview' })) return t(key as 'act_setup', { object: object ?? '' });
  return object === null ? t('act_other', { act }) : t('act_otherObject', { act, object });
}

function Sentence({ entry }: { readonly entry: Activity }) {
  const { t } = useTranslation('overview');
  const words = wordsOf(entry);
  return (
    <span className="sb-clip sb-grow" title={`${entry.who} ${words}`}>
      <b>{entry.who}</b> {words}
      {entry.outcome !== 'done' && (
        <span className="sb-crit">
          {' · '}
          {entry.code === null ? t(entry.outcome) : t('withCode', { word: t(entry.outcome), code: entry.code })}
        </span>
      )}
      {entry.durationMs !== null && <span className="sb-3"> · {formatDuration(entry.durationMs)}</span>}
    </span>
  );
}
