import { type ReactNode, useState } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { IconButton } from '../../../../design/controls/icon-button.tsx';
import { Button } from '../../../../design/controls/index.ts';
import { IconX, StateLabel, StateShape } from '../../../../design/icons/index.ts';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatDuration, formatTime } from '../../../../state/format.ts';
import { elideId } from '../../../../state/group-id.ts';
import { Fingerprint } from '../../../shared/fingerprint.tsx';
import { trustAdvice } from '../../../shared/trust-words.ts';
import { Copyable } from '../copyable.tsx';
import { linkStateOf } from '../model/member-state.ts';
import { useRoleNames } from '../role-words.ts';
import { showTrust } from '../trust-route.ts';
import { useMemberActions } from './member-actions.ts';

/** One member in detail, with its fingerprint on demand and what an admin can do about it. */
export function MemberInspector({ member }: { readonly member: ClusterMember }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [compares, setCompares] = useState(false);
  const entries = useMemberActions()(member);
  const act = (id: string) => entries.find((entry) => entry.id === `members.${id}`);
  const [roles, revoke] = [act('roles'), act('revoke')];
  const { kind, word } = linkStateOf(member);
  const advice = member.failure === null ? undefined : trustAdvice(common, member.failure.code);
  return (
    <aside className="sb-col sb-grow" aria-label={t('memberDetail')} data-region="inspector">
      <header className="sb-insp-head">
        <StateShape kind={kind} />
        <h3 className="tr-insp-title sb-clip sb-select">{member.name}</h3>
        <span className="sb-3 sb-clip sb-grow">{t(`link_${word}`)}</span>
        <IconButton label={common('close')} onClick={() => showTrust('members')}>
          <IconX size={14} stroke={1.6} />
        </IconButton>
      </header>
      <ScrollArea label={t('memberDetail')}>
        {member.failure !== null && (
          <div className={`tr-failure ${word === 'refused' ? 'crit' : ''}`}>
            <StateLabel kind={kind}>
              <b>{t(`link_${word}`)}</b>
            </StateLabel>
            <p>{member.failure.message}</p>
            {advice !== undefined && <p className="sb-2">{advice}</p>}
            <p className="sb-mono sb-3">{member.failure.code}</p>
          </div>
        )}
        <MemberFacts member={member} />
        <div className="sb-sec">
          <h4 className="sb-h">{t('fingerprint')}</h4>
          {compares ? (
            <Fingerprint name={member.name} nodeId={member.nodeId} words={member.fingerprint.words} hex={member.fingerprint.hex} narrow />
          ) : (
            <Button variant="default" onClick={() => setCompares(true)}>
              {t('showFingerprint')}
            </Button>
          )}
        </div>
      </ScrollArea>
      <footer className="sb-insp-foot">
        <Button variant="default" disabled={roles?.enabled === false} onClick={() => roles?.run()}>
          {roles?.title}
        </Button>
        <span className="sb-grow" />
        {revoke !== undefined && (
          <button type="button" className="sb-link sb-danger" disabled={revoke.enabled === false} onClick={revoke.run}>
            {revoke.title}
          </button>
        )}
      </footer>
    </aside>
  );
}

function MemberFacts({ member }: { readonly member: ClusterMember }) {
  const { t } = useTranslation('membership');
  const roleNames = useRoleNames();
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('col_roles'), roleNames(member.roles)],
    [
      t('fact_nodeId'),
      <Copyable key="id" text={member.nodeId} label={t('copyNodeId')}>
        {elideId(member.nodeId)}
      </Copyable>,
    ],
    [t('fact_lastProof'), member.provenAt === null ? t('neverProven') : formatTime(member.provenAt)],
    ...(member.rttMs === null ? [] : [[t('fact_rtt'), formatDuration(member.rttMs)] as const]),
    [t('fact_memberSince'), formatTime(member.since)],
    [t('col_addedBy'), member.addedBy.name ?? t('formerMember')],
    ...(member.endsAt === null ? [] : [[t('fact_ends'), formatTime(member.endsAt)] as const]),
    [
      t('foundAtMember'),
      member.addresses.length === 0 ? (
        t('unknownAddress')
      ) : (
        <span key="addresses" className="sb-mono tr-list">
          {member.addresses.map((address) => (
            <span key={address}>{address}</span>
          ))}
        </span>
      ),
    ],
  ];
  return (
    <div className="sb-sec">
      <KeyValues items={facts} />
    </div>
  );
}
