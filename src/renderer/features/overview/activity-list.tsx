import { memo, useMemo } from 'react';
import { allows } from '../../../common/roles.ts';
import { goTo } from '../../app/routes.ts';
import { IconUser, type StateKind, StateLabel, StateShape } from '../../design/icons/index.ts';
import { i18next, useTranslation } from '../../i18n/index.ts';
import { type ClusterChange, useClusterHistory } from '../../state/cluster-history.ts';
import { formatDuration, formatTime } from '../../state/format.ts';
import { useNode } from '../../state/node.ts';
import { type CallState, useCall } from '../../state/use-call.ts';
import { type Activity, mergeActivity } from './model/activity.ts';

const shown = 60;
const everyMs = 3_000;

/**
 * What was called and changed on a node, newest first: for admins with what it was done to. On the own node also who joined
 * and left.
 *
 * @param props.nodeId undefined for the own node
 */
export const ActivityList = memo(function ActivityList({ nodeId }: { readonly nodeId: string | undefined }) {
  const roles = useNode(({ me }) => me?.roles);
  const isAdmin = allows(roles ?? [], 'admin');
  const calls = useCall('rpc.activity', { limit: shown }, { nodeId, pollMs: everyMs });
  const audit = useCall('audit.list', { limit: shown }, { nodeId, pollMs: everyMs, enabled: isAdmin });
  const changes = useClusterHistory((history) => history.changes);
  const entries = useMemo(() => {
    const audited = dataOf(audit.state)?.entries;
    return mergeActivity(dataOf(calls.state)?.entries ?? [], isAdmin ? audited : undefined, nodeId === undefined ? changes : [], shown);
  }, [calls.state, audit.state, isAdmin, changes, nodeId]);
  return <ActivityPanel entries={entries} state={calls.state} canAudit={isAdmin && nodeId === undefined} />;
});

/** The same of all nodes. */
export const ClusterActivityList = memo(function ClusterActivityList() {
  const { state } = useCall('cluster.activity', { limit: shown }, { pollMs: everyMs });
  const changes = useClusterHistory((history) => history.changes);
  const entries = useMemo(() => mergeActivity(dataOf(state)?.entries ?? [], undefined, changes, shown), [state, changes]);
  return <ActivityPanel entries={entries} state={state} canAudit={false} />;
});

function dataOf<R>(state: CallState<R>): R | undefined {
  return state.kind === 'ready' || state.kind === 'stale' ? state.data : undefined;
}

const changeShapes: Record<ClusterChange['kind'], StateKind> = { joined: 'online', left: 'offline', lost: 'unknown', forgotten: 'offline' };

function ActivityPanel(props: { readonly entries: readonly Activity[]; readonly state: CallState<unknown>; readonly canAudit: boolean }) {
  const { t } = useTranslation('overview');
  const { entries, state } = props;
  return (
    <section className="ov-activity sb-col" aria-labelledby="ov-activity">
      <div className="sb-part-head">
        <h2 id="ov-activity" className="sb-h">
          {t('activity')}
        </h2>
        {state.kind === 'error' && (
          <StateLabel kind="failed">{t('withCode', { word: t('activityFailed'), code: state.error.code })}</StateLabel>
        )}
        <span className="sb-grow" />
        {props.canAudit && (
          <button type="button" className="sb-link" onClick={() => goTo('settings', { section: 'audit' })}>
            {t('openAudit')}
          </button>
        )}
        <button type="button" className="sb-link" onClick={() => goTo('rpc')}>
          {t('openRpc')}
        </button>
      </div>
      {entries.length === 0 && state.kind === 'ready' && <p className="sb-3 ov-note">{t('activityEmpty')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul className="sb-scroll ov-activity-list" tabIndex={0} aria-label={t('activityList')}>
        {entries.map((entry) => (
          <li key={entry.id} className="ov-act">
            <span className="sb-3 sb-num">{formatTime(entry.atMs)}</span>
            <Mark entry={entry} />
            <Sentence entry={entry} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Shape first: what became of a node, or whether what somebody did was done. */
function Mark({ entry }: { readonly entry: Activity }) {
  if (entry.change !== null) return <StateShape kind={changeShapes[entry.change]} />;
  return entry.outcome === 'done' ? <IconUser size={14} stroke={1.5} className="sb-3" /> : <StateShape kind="failed" />;
}

/** Acts with a sentence of their own; a method of a later version is named, and so is one whose object is not told. */
function wordsOf({ act, object }: Activity): string {
  const t = i18next.getFixedT(null, 'overview');
  const key = `act_${act.replaceAll('.', '_')}` as 'act_users_add';
  const hasSentence = i18next.exists(key, { ns: 'overview' });
  const needsObject = hasSentence && t(key, { skipInterpolation: true, object: '' }).includes('{{object}}');
  if (hasSentence && !(needsObject && object === null)) return t(key, { object: object ?? '' });
  return object === null ? t('act_other', { act }) : t('act_otherObject', { act, object });
}

function Sentence({ entry }: { readonly entry: Activity }) {
  const { t } = useTranslation('overview');
  const words = wordsOf(entry);
  return (
    <span className="sb-clip sb-grow" title={`${entry.who} ${words}`}>
      <b>{entry.who}</b> {words}
      {entry.place !== null && <> {t('onNode', { name: entry.place })}</>}
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
