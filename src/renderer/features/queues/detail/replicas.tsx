import { useState } from 'react';
import type { GroupInfo, GroupMemberInfo } from '../../../../common/contract/brokers.ts';
import { ContextMenu } from '../../../design/controls/context-menu.tsx';
import { IconDots, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { menuEntries } from '../../shared/menu-entries.ts';
import { barShare, lagTrend, memberShapes, memberState, newestIndex, orderedMembers } from '../../shared/queues/health.ts';
import { useRights } from '../../shared/rights.ts';
import { memberActions } from '../queue-actions.ts';
import { memberDetail, memberWords, writableWords } from '../words.ts';

/** The replicas of a group, live: who leads, who has all of it, who is how far behind and for how long. */
export function Replicas({ group }: { readonly group: GroupInfo }) {
  const { t } = useTranslation('queues');
  const newest = newestIndex(group);
  const facts = [
    t('term', { term: formatCount(group.term) }),
    t('commit', { index: formatCount(group.commitIndex) }),
    ...(group.writable ? [writableWords(t, group)] : []),
  ].join(' · ');
  return (
    <section className="qu-replicas" aria-label={t('replicasOf', { group: group.groupId })}>
      <div className="qu-replicas-head">
        <h3 className="sb-h">{t('replicas')}</h3>
        <span className="sb-grow" />
        <span className="sb-3 sb-num sb-clip" title={facts}>
          {facts}
        </span>
        {!group.writable && (
          <StateLabel kind="failed">
            <span className="sb-num sb-clip" title={writableWords(t, group)}>
              {writableWords(t, group)}
            </span>
          </StateLabel>
        )}
      </div>
      <ul className="qu-members">
        {orderedMembers(group).map((member) => (
          <Replica key={member.brokerId} group={group} member={member} newest={newest} />
        ))}
      </ul>
    </section>
  );
}

const tones: Partial<Record<ReturnType<typeof memberState>, string>> = {
  leader: 'leader',
  copying: 'leader',
  catchingUp: 'leader',
  behind: 'warn',
  impaired: 'warn',
  inactive: 'away',
  unknown: 'away',
};

function Replica({ group, member, newest }: { readonly group: GroupInfo; readonly member: GroupMemberInfo; readonly newest: number }) {
  const { t } = useTranslation('queues');
  const state = memberState(member, group);
  const trend = useLagTrend(group, member);
  const detail = memberDetail(t, { member, group, state, trend });
  const where = `${member.name} · ${member.brokerId} · ${member.host}:${member.port}`;
  return (
    <li className="qu-member">
      <b className="sb-clip" title={where}>
        {member.name}
      </b>
      <StateLabel kind={memberShapes[state]}>{memberWords(t, member, state)}</StateLabel>
      <span className={`qu-bar ${tones[state] ?? ''}`} aria-hidden="true">
        <i style={{ width: `${(barShare(member, newest, state === 'behind' || state === 'inactive') * 100).toFixed(1)}%` }} />
      </span>
      <span className="sb-r sb-num">{member.matchIndex === null ? '–' : formatCount(member.matchIndex)}</span>
      <span className={`sb-clip sb-num ${state === 'behind' || state === 'impaired' ? 'sb-warn' : 'sb-3'}`} title={detail}>
        {detail}
      </span>
      <MemberMenu group={group} member={member} />
    </li>
  );
}

/** Whether a replica falls further behind or comes nearer. */
function useLagTrend(group: GroupInfo, member: GroupMemberInfo): 'growing' | 'shrinking' | undefined {
  const [told, setTold] = useState<ReturnType<typeof lagTrend> & { readonly at: number }>();
  // Once for each answer, while it is drawn: the trend belongs to the figures that stand beside it.
  if (member.lag !== null && told?.at !== group.observedAt) {
    setTold({ at: group.observedAt, ...lagTrend(told?.keep, { lag: member.lag, at: group.observedAt }) });
  }
  return told?.trend;
}

function MemberMenu({ group, member }: { readonly group: GroupInfo; readonly member: GroupMemberInfo }) {
  const { t } = useTranslation('queues');
  const rights = useRights();
  const [at, setAt] = useState<{ readonly x: number; readonly y: number }>();
  const actions = memberActions(t, group, member, rights);
  if (actions.length === 0) return <span />;
  return (
    <>
      <button
        type="button"
        className="sb-plain"
        aria-label={t('actsOf', { name: member.name })}
        aria-haspopup="menu"
        aria-expanded={at !== undefined}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt({ x: box.left, y: box.bottom });
        }}
      >
        <IconDots size={14} stroke={1.6} />
      </button>
      {at !== undefined && (
        <ContextMenu at={at} label={t('actsOf', { name: member.name })} entries={menuEntries(actions)} onClose={() => setAt(undefined)} />
      )}
    </>
  );
}
