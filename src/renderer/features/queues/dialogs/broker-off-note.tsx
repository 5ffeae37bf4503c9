import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { usualAddress } from '../turn-on.ts';

/** Before it is turned on: what a broker opens and keeps on a node. */
export function BrokerOffNote({ node }: { readonly node: string }) {
  const { t } = useTranslation('queues');
  return (
    <div className="qu-form-note" role="note">
      <StateShape kind="offline" />
      <div>
        <b>{t('offFact', { node })}</b>
        <ul>
          <li>{t('offListens', { address: usualAddress })}</li>
          <li>{t('offKeeps')}</li>
          <li>{t('offSetting', { setting: 'broker.enabled' })}</li>
        </ul>
      </div>
    </div>
  );
}
