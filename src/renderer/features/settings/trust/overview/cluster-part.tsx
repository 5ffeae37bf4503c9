import type { ReactNode } from 'react';
import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { Button } from '../../../../design/controls/index.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { KeyValues } from '../../../../design/layout/bars.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge, formatTime } from '../../../../state/format.ts';
import type { ViewCall } from '../../../../state/use-call.ts';
import { Copyable } from '../copyable.tsx';
import { Note } from '../note.tsx';
import { useRights } from '../rights.ts';
import { useRoleNames } from '../role-words.ts';
import type { Cluster, Rotation } from '../trust-data.ts';
import { openTrustDialog } from '../trust-dialogs.ts';
import { showTrust } from '../trust-route.ts';
import { GroupKey } from './group-key.tsx';

/** The cluster that this node belongs to, and what its admins should look after. */
export function ClusterPart(props: {
  readonly cluster: Cluster;
  readonly members: readonly ClusterMember[] | undefined;
  readonly rotation: ViewCall<Rotation>;
}) {
  const { cluster, members, rotation } = props;
  const { t } = useTranslation('membership');
  const { mayChange } = useRights();
  const roleNames = useRoleNames();
  const admins = members?.filter(({ roles }) => roles.includes('admin'));
  // The others would be left without an admin: the node refuses it.
  const mustStay = cluster.members > 1 && admins?.length === 1 && admins[0]?.state === 'self';
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t('fact_name'),
      <b key="name" title={cluster.name}>
        {cluster.name}
      </b>,
    ],
    [
      t('fact_clusterId'),
      <Copyable key="id" text={cluster.clusterId} label={t('copyClusterId')}>
        {`${cluster.clusterId.slice(0, 8)} … ${cluster.clusterId.slice(-8)}`}
      </Copyable>,
    ],
    [t('fact_founded'), formatTime(cluster.createdAt)],
    [
      t('fact_members'),
      <button key="members" type="button" className="sb-link" onClick={() => showTrust('members')}>
        {t('membersLinked', { count: cluster.members, linked: cluster.linked })}
      </button>,
    ],
    [t('fact_admins'), admins === undefined ? '–' : admins.map(({ name }) => name).join(', ') || t('none')],
    [t('fact_ownRoles'), cluster.removed === null ? roleNames(cluster.roles) : t('notMember')],
    [t('fact_adminHeard'), <AdminHeard key="heard" cluster={cluster} />],
    [
      t('fact_merged'),
      cluster.merged.lastAt === null
        ? t('neverMerged')
        : t('merged', { count: cluster.merged.times, time: formatTime(cluster.merged.lastAt) }),
    ],
  ];
  return (
    <section className="tr-part" aria-labelledby="tr-cluster">
      <h3 id="tr-cluster" className="sb-h">
        {t('cluster')}
      </h3>
      <KeyValues items={facts} />
      {cluster.stale && (
        <Note tone="warn" fact={t('stale')}>
          {t('staleHelp', { age: formatAge(Date.now() - cluster.adminHeardAt) })}
        </Note>
      )}
      {cluster.removed === null && admins?.length === 1 && <OneAdmin alone={cluster.members === 1} admin={admins[0]?.name ?? ''} />}
      {cluster.removed === null && <GroupKey {...rotation} />}
      <div className="tr-acts tr-last">
        {cluster.removed === null && !cluster.roles.includes('admin') && (
          <Button variant="default" disabled={!mayChange} onClick={() => openTrustDialog({ kind: 'recover' })}>
            {t('recover')}
          </Button>
        )}
        <Button
          variant="default"
          className="tr-danger"
          disabled={!mayChange || mustStay}
          onClick={() => openTrustDialog({ kind: 'leave' })}
        >
          {t('leave')}
        </Button>
        {mustStay && <span className="sb-3">{t('leaveLastAdmin')}</span>}
      </div>
    </section>
  );
}

function AdminHeard({ cluster }: { readonly cluster: Cluster }) {
  const { t } = useTranslation('membership');
  const time = formatTime(cluster.adminHeardAt);
  return cluster.stale ? <StateLabel kind="warn">{t('adminHeardStale', { time })}</StateLabel> : time;
}

/** Two admins are asked for (security.md 2.7): the last one cannot be removed, and without one nobody can be let in. */
function OneAdmin({ alone, admin }: { readonly alone: boolean; readonly admin: string }) {
  const { t } = useTranslation('membership');
  const { mayLead, why } = useRights();
  return (
    <Note
      tone="warn"
      fact={t('oneAdmin')}
      act={
        why === 'node' ? undefined : alone ? (
          <Button variant="default" disabled={!mayLead} onClick={() => openTrustDialog({ kind: 'invite' })}>
            {t('invite')}
          </Button>
        ) : (
          <Button variant="default" disabled={!mayLead} onClick={() => showTrust('members')}>
            {t('chooseAdmin')}
          </Button>
        )
      }
    >
      {t(alone ? 'oneAdminAlone' : 'oneAdminHelp', { admin })}
    </Note>
  );
}
