import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatTime } from '../../../state/format.ts';
import { showRequests } from '../tunnels-route.ts';
import { durationWords } from '../words.ts';
import { TimingBars } from './timing-bars.tsx';

/** When, from where, how long and how much. */
export function TimingTab({ detail }: { readonly detail: TunnelRequestDetail }) {
  const { t } = useTranslation('tunnels');
  const { replayOf } = detail;
  return (
    <ScrollArea label={t('tab_timing')}>
      <TimingBars timings={detail.timings} />
      <div className="sb-sec">
        <KeyValues
          items={[
            [t('fact_at'), formatTime(detail.at, { milliseconds: true })],
            [t('fact_duration'), detail.open ? t('isOpen') : durationWords(detail.durationMs)],
            [t('fact_from'), detail.remoteAddress ?? t('notTold')],
            [t('fact_host'), detail.host],
            [t('fact_sent'), formatBytes(detail.requestBytes)],
            [t('fact_received'), formatBytes(detail.responseBytes)],
            [t('fact_id'), detail.requestId],
            ...(replayOf === null
              ? []
              : [
                  [
                    t('fact_replayOf'),
                    <button key="of" type="button" className="sb-link" onClick={() => showRequests({ request: replayOf })}>
                      {replayOf}
                    </button>,
                  ] as const,
                ]),
          ]}
        />
      </div>
    </ScrollArea>
  );
}
