import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { formatAge, formatBytes, formatCount } from '../../../../state/format.ts';
import { mayNow } from '../../../shared/rights.ts';
import { urgentFirst } from '../model/backlog.ts';
import type { PeerActContext } from '../peer-actions.ts';
import { openPeerDialog } from '../peers-store.ts';

/** What waits for the peer, by priority, the most urgent first. */
export function Queued({ peer, context }: { readonly peer: PeerInfo; readonly context: PeerActContext }) {
  const { t } = useTranslation('peers');
  const may = mayNow(context.rights, 'operator');
  return (
    <section className="sb-sec" aria-labelledby="pe-queued">
      <h3 id="pe-queued" className="sb-h">
        {t('queued')}
      </h3>
      <table className="pe-table sb-num">
        <thead>
          <tr>
            <th scope="col">{t('priority')}</th>
            <th scope="col">{t('messagesHead')}</th>
            <th scope="col">{t('sizeHead')}</th>
            <th scope="col">{t('oldestHead')}</th>
            <th scope="col">
              <span className="sb-hidden">{t('discardVerb')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {urgentFirst.map((priority) => {
            const { messages, sizeBytes, oldestMs } = peer.queued[priority];
            const empty = messages === 0;
            return (
              <tr key={priority} className={empty ? 'sb-3' : undefined}>
                <th scope="row">{t(`priority_${priority}`)}</th>
                <td>{formatCount(messages)}</td>
                <td>{empty ? '–' : formatBytes(sizeBytes)}</td>
                <td>{empty ? '–' : formatAge(oldestMs)}</td>
                <td>
                  {!empty && may && (
                    <button
                      type="button"
                      className="sb-link"
                      onClick={() => openPeerDialog({ kind: 'discard', nodeId: peer.nodeId, priority })}
                    >
                      {t('discardAsk')}
                      <span className="sb-hidden">{` ${t(`priority_${priority}`)}`}</span>
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
