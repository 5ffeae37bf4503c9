import type { ClusterMember } from '../../../../../common/contract/membership.ts';
import { StateShape } from '../../../../design/icons/index.ts';
import { Strip } from '../../../../design/layout/bars.tsx';
import { SideColumn } from '../../../../design/layout/split.tsx';
import { useTranslation } from '../../../../i18n/index.ts';
import { LeadHint } from '../lead-hint.tsx';
import { useRights } from '../rights.ts';
import { openTrustDialog } from '../trust-dialogs.ts';
import { useTrustRoute } from '../trust-route.ts';
import { MemberInspector } from './member-inspector.tsx';
import { MemberTable } from './member-table.tsx';

/** Who belongs to the cluster; one of them in detail at the right. */
export function MembersTab({ members }: { readonly members: readonly ClusterMember[] }) {
  const { t } = useTranslation('membership');
  const { memberId } = useTrustRoute();
  const selected = members.find(({ nodeId }) => nodeId === memberId);
  return (
    <>
      <LeadHint />
      {members.length === 1 && <OnlySelf />}
      <div className="sb-split tr-split">
        <MemberTable members={members} />
        {selected !== undefined && (
          <SideColumn
            name="settings.member"
            side="right"
            initialWidth={348}
            minWidth={300}
            maxWidth={560}
            label={t('inspectorWidth')}
            className="sb-col tr-inspector"
          >
            <MemberInspector key={selected.nodeId} member={selected} />
          </SideColumn>
        )}
      </div>
    </>
  );
}

function OnlySelf() {
  const { t } = useTranslation('membership');
  const { mayLead } = useRights();
  return (
    <Strip
      tone="mode"
      icon={<StateShape kind="offline" />}
      fact={t('onlySelf')}
      act={
        mayLead && (
          <button type="button" className="sb-link" onClick={() => openTrustDialog({ kind: 'invite' })}>
            {t('invite')}
          </button>
        )
      }
    >
      {t('onlySelfHelp')}
    </Strip>
  );
}
