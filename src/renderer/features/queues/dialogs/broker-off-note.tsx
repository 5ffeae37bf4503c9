import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';

const keys = ['broker.host', 'broker.port'];
const loopback = /^(127\.|::1$|localhost$)/;

/**
 * Before it is turned on: what a broker opens and keeps on a node.
 *
 * @param props.node its name; @param props.nodeId its id; the own one when absent
 */
export function BrokerOffNote({ node, nodeId }: { readonly node: string; readonly nodeId?: string | undefined }) {
  const { t } = useTranslation('queues');
  const { state } = useCall('config.get', { keys }, { nodeId });
  const values = dataOf(state)?.values;
  const host = String(values?.['broker.host'] ?? '127.0.0.1');
  const port = Number(values?.['broker.port'] ?? 9_401);
  // Port 0: any that is free.
  const address = port === 0 ? host : `${host}:${port}`;
  return (
    <div className="qu-form-note" role="note">
      <StateShape kind="offline" />
      <div>
        <b>{t('offFact', { node })}</b>
        <ul>
          <li>{t(loopback.test(host) ? 'offListens' : 'offListensWide', { address })}</li>
          <li>{t('offKeeps')}</li>
          <li>{t('offSetting', { setting: 'broker.enabled' })}</li>
        </ul>
      </div>
    </div>
  );
}
