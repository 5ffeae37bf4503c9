import type { JoinRequestEntry } from '../../../../../common/contract/joining.ts';
import { useNow } from '../../../../app/frame/connection-label.tsx';
import { Button } from '../../../../design/controls/index.ts';
import { StateShape } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge } from '../../../../state/format.ts';
import { refuseRequest } from '../membership-acts.ts';
import { useRights } from '../rights.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** Nodes that wait to be let in: as they say themselves, until the number is typed. */
export function RequestList({ requests }: { readonly requests: readonly JoinRequestEntry[] }) {
  const { t } = useTranslation('membership');
  const { mayLead } = useRights();
  const nowMs = useNow(true);
  return (
    <ul className="tr-requests" aria-label={t('requests')}>
      {requests.map((request) => {
        const { requestId, kind, name, shortId, address, expiresAt } = request;
        return (
          <li key={requestId}>
            <StateShape kind="running" />
            <div className="sb-grow">
              <p>
                <b>{name}</b> <span className="sb-mono sb-3">{shortId}</span> <span className="sb-2">{t(`asks_${kind}`, { address })}</span>
              </p>
              <p className="sb-3 sb-num">{t('waitsFor', { time: formatAge(expiresAt - nowMs) })}</p>
            </div>
            <Button variant="default" disabled={!mayLead} onClick={() => void refuseRequest(request)}>
              {t('refuse')}
            </Button>
            <Button disabled={!mayLead} onClick={() => openTrustDialog({ kind: 'admit', requestId })}>
              {t('admit')}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
