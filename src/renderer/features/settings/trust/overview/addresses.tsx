import { Button } from '../../../../design/controls/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useNode } from '../../../../state/node.ts';
import { useSettings } from '../../node/settings-store.ts';
import { Copyable } from '../copyable.tsx';
import { onlyThisMachine } from '../model/addresses.ts';
import { Note } from '../note.tsx';
import { useRights } from '../rights.ts';
import type { Status } from '../trust-data.ts';
import { openTrustDialog } from '../trust-dialogs.ts';

/** Where other nodes find this one, and what to do when they cannot. */
export function Addresses({ status: { addresses, cluster } }: { readonly status: Status }) {
  const { t } = useTranslation('membership');
  const { mayChange } = useRights();
  const waits = useSettings(({ settings }) => settings?.find(({ key }) => key === 'links.host')?.pendingRestart === true);
  const closed = useNode(({ status }) => status?.listeners.find(({ name, state }) => name === 'node links' && state === 'failed')?.detail);
  const loopback = onlyThisMachine(addresses);
  return (
    <div className="tr-addresses">
      <h4 className="sb-h">{t('foundAt')}</h4>
      {addresses.length === 0 && closed == null && <p className="sb-3 tr-help">{t(cluster === null ? 'foundNowhereYet' : 'linksOff')}</p>}
      {closed != null && (
        <Note tone="crit" fact={t('doorFailed')}>
          {closed}
        </Note>
      )}
      <ul aria-label={t('foundAt')}>
        {addresses.map((address) => (
          <li key={address}>
            <Copyable text={address} label={t('copyAddress', { address })} />
          </li>
        ))}
      </ul>
      {loopback && waits && (
        <Note tone="plain" fact={t('opensAfterRestart')}>
          {t('opensAfterRestartHelp')}
        </Note>
      )}
      {loopback && !waits && (
        <Note
          tone="warn"
          fact={t('loopbackOnly')}
          act={
            <Button variant="default" disabled={!mayChange} onClick={() => openTrustDialog({ kind: 'openLinks' })}>
              {t('openLinks')}
            </Button>
          }
        >
          {t('loopbackOnlyHelp')}
        </Note>
      )}
    </div>
  );
}
