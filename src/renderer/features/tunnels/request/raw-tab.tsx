import { useMemo } from 'react';
import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { IconCopy } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { TextPayload } from '../../shared/payload/payload-parts.tsx';
import { copyAndSay } from '../copy-acts.ts';
import { rawMessage } from '../model/exchange.ts';

/** Both messages as HTTP writes them, one after the other. */
export function RawTab({ detail }: { readonly detail: TunnelRequestDetail }) {
  const { t } = useTranslation('tunnels');
  const text = useMemo(() => {
    const gap = (sizeBytes: number) => t('rawGap', { size: formatBytes(sizeBytes) });
    const asked = rawMessage(`${detail.method} ${detail.path} HTTP/1.1`, detail.requestHeaders, detail.requestBody, gap);
    const answered =
      detail.status === null
        ? (detail.error ?? t('noAnswerYet'))
        : rawMessage(`HTTP/1.1 ${detail.status}`, detail.responseHeaders, detail.responseBody, gap);
    return `${asked}\n\n${answered}`;
  }, [detail, t]);
  return (
    <section className="sb-col sb-grow tu-body" aria-label={t('tab_raw')}>
      <div className="tu-body-bar">
        <span className="sb-cap sb-clip">{detail.capture === 'off' ? t('rawNotCaptured') : t('rawHidden')}</span>
        <span className="sb-grow" />
        <IconButton label={t('copyRaw')} onClick={() => void copyAndSay(text, t('tab_raw'))}>
          <IconCopy size={16} stroke={1.5} />
        </IconButton>
      </div>
      <TextPayload label={t('tab_raw')} text={text} all />
    </section>
  );
}
