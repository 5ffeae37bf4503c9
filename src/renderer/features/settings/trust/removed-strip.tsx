import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { useRights } from './rights.ts';
import type { Members, Status } from './trust-data.ts';
import { openTrustDialog } from './trust-dialogs.ts';

/** Says on a removed node by whom and when, and what is left to do. */
export function RemovedStrip({ status, members }: { readonly status: Status | undefined; readonly members: Members | undefined }) {
  const { t } = useTranslation('membership');
  const { mayChange } = useRights();
  const cluster = status?.cluster;
  if (cluster?.removed == null) return null;
  // Missing while only others have said so.
  const own = members?.removed.find(({ nodeId }) => nodeId === status?.nodeId);
  return (
    <Strip
      tone="crit"
      icon={<StateShape kind="invalid" />}
      fact={t('removedHere', { cluster: cluster.name })}
      act={
        mayChange && (
          <button type="button" className="sb-link" onClick={() => openTrustDialog({ kind: 'leave' })}>
            {t('leave')}
          </button>
        )
      }
    >
      {own === undefined ? cluster.removed.message : t('removedHereBy', { by: own.by.name ?? t('formerMember'), time: formatTime(own.at) })}
    </Strip>
  );
}
