import './trust.css';
import '../../shared/membership-texts.ts';
import { type ReactNode, useEffect, useMemo } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconUserPlus, StateShape } from '../../../design/icons/index.ts';
import { Strip, TabBar, type TabItem } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import type { CallState } from '../../../state/use-call.ts';
import { useMembershipCall } from '../../../state/use-membership-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { InvitesTab } from './invites/invites-tab.tsx';
import { MembersTab } from './members/members-tab.tsx';
import { RemovedTab } from './members/removed-tab.tsx';
import { OpenTrustDialog } from './open-trust-dialog.tsx';
import { Overview } from './overview/overview.tsx';
import { RemovedStrip } from './removed-strip.tsx';
import { RightsContext, rightsOf } from './rights.ts';
import { rotationWords } from './rotation-words.ts';
import { dataOf, type Rotation } from './trust-data.ts';
import { closeTrustDialog, openTrustDialog } from './trust-dialogs.ts';
import { showTrust, type TrustTab, useTrustRoute } from './trust-route.ts';
import { useAskedDialog } from './use-asked-dialog.ts';

/** Who this node is, the cluster it belongs to, and who else does: everything that a person does about trust between nodes. */
export function TrustSection({ isAdmin, connected }: { readonly isAdmin: boolean; readonly connected: boolean }) {
  const { t } = useTranslation('membership');
  const { tab } = useTrustRoute();
  const status = useMembershipCall('membership.status', {});
  const cluster = dataOf(status.state)?.cluster ?? undefined;
  const members = useMembershipCall('membership.members', {}, { enabled: cluster !== undefined });
  const known = cluster === undefined ? undefined : dataOf(members.state);
  const rotation = useMembershipCall('membership.rotation', {}, { enabled: cluster !== undefined });
  const own = cluster?.removed != null ? 'removed' : cluster?.roles.includes('admin') === true ? 'admin' : 'member';
  const rights = useMemo(() => rightsOf({ connected, person: isAdmin, node: own }), [connected, isAdmin, own]);
  useAskedDialog(rights, status.state.kind !== 'loading');
  useEffect(() => closeTrustDialog, []);
  const shown = cluster === undefined ? 'overview' : tab;
  const content = (): ReactNode => {
    if (status.state.kind === 'loading') return <Reading onCancel={status.cancel} />;
    if (status.state.kind === 'error')
      return <CallFailure title={t('statusFailed')} error={status.state.error} call="membership.status" onRetry={status.retry} />;
    if (shown === 'overview') return <Overview status={status.state.data} members={known} rotation={rotation} />;
    if (shown === 'invites') return <InvitesTab isAdmin={isAdmin} />;
    if (members.state.kind === 'loading') return <Reading onCancel={members.cancel} />;
    if (members.state.kind === 'error')
      return <CallFailure title={t('membersFailed')} error={members.state.error} call="membership.members" onRetry={members.retry} />;
    return shown === 'members' ? <MembersTab members={members.state.data.members} /> : <RemovedTab removed={members.state.data.removed} />;
  };
  const tabs: readonly TabItem<TrustTab>[] = [
    { id: 'overview', label: t('tab_overview') },
    ...(cluster === undefined
      ? []
      : [
          { id: 'members' as const, label: t('tab_members'), count: known?.members.length ?? cluster.members },
          { id: 'removed' as const, label: t('tab_removed'), count: known?.removed.length },
          { id: 'invites' as const, label: t('tab_invites') },
        ]),
  ];
  return (
    <RightsContext value={rights}>
      <section className="sb-col sb-grow" aria-label={t('title')}>
        <TabBar
          label={t('title')}
          items={tabs}
          current={shown}
          onChange={(next) => showTrust(next)}
          panelId="tr-panel"
          end={
            cluster !== undefined && (
              <span className="sb-flex">
                <Button
                  className="tr-bar-act"
                  disabled={!rights.mayLead}
                  leftSection={<IconUserPlus size={14} stroke={1.6} />}
                  onClick={() => openTrustDialog({ kind: 'invite' })}
                >
                  {t('invite')}
                </Button>
              </span>
            )
          }
        />
        <StaleStrip state={status.state} onRetry={status.retry} />
        <RemovedStrip status={dataOf(status.state)} members={known} />
        {cluster !== undefined && shown === 'members' && <RotationStrip rotation={dataOf(rotation.state)} />}
        <div id="tr-panel" role="tabpanel" aria-label={t(`tab_${shown}`)} className="sb-col sb-grow">
          {content()}
        </div>
        <OpenTrustDialog status={dataOf(status.state)} members={known?.members} />
      </section>
    </RightsContext>
  );
}

function Reading({ onCancel }: { readonly onCancel: () => void }) {
  const { t } = useTranslation('common');
  return (
    <Loading rows={8} asking={(seconds) => t('asking', { node: t('thisNode'), seconds })} cancelLabel={t('cancel')} onCancel={onCancel} />
  );
}

/** After a removal the group key changes by itself: how far that is, is said beside the members. */
function RotationStrip({ rotation }: { readonly rotation: Rotation | undefined }) {
  const { t } = useTranslation('membership');
  if (rotation === undefined || rotation.state === 'idle') return null;
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="running" />}
      fact={t('rotationStrip')}
      act={
        <button type="button" className="sb-link" onClick={() => showTrust('overview')}>
          {t('details')}
        </button>
      }
    >
      {rotationWords(t, rotation)}
    </Strip>
  );
}

/** The node answers others and not this: what is shown has an age. While it is away altogether the frame says so. */
function StaleStrip({ state, onRetry }: { readonly state: CallState<unknown>; readonly onRetry: () => void }) {
  const { t: common } = useTranslation('common');
  const connected = useNode(({ connection }) => connection.kind === 'connected');
  const node = useNode((now) => now.status?.name) ?? common('thisNode');
  if (state.kind !== 'stale' || !connected) return null;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={common('stale', { node, age: formatAge(Date.now() - state.atMs) })}
      act={
        <button type="button" className="sb-link" onClick={onRetry}>
          {common('tryAgain')}
        </button>
      }
    >
      {state.error.message}
    </Strip>
  );
}
