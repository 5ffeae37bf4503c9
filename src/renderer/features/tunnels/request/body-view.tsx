import { useMemo, useState } from 'react';
import { bodyContent, type CapturedBody, type HeaderList, headerOf } from '../../../../common/http-exchange/index.ts';
import { SegmentedControl } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { HexPayload, JsonPayload, shownCharacters, TextPayload } from '../../shared/payload/payload-parts.tsx';

const views = ['json', 'text', 'hex'] as const;
type View = (typeof views)[number];

interface BodyViewProps {
  readonly body: CapturedBody | null;
  readonly headers: HeaderList;
  readonly label: string;
  readonly limitBytes: number;
}

/** A body as JSON, text or bytes; always with its size and whether it is all there. */
export function BodyView({ body, headers, label, limitBytes }: BodyViewProps) {
  const { t } = useTranslation('tunnels');
  if (body === null || body.sizeBytes === 0) return <p className="sb-sec sb-3">{t('noBody')}</p>;
  return <Body body={body} headers={headers} label={label} limitBytes={limitBytes} />;
}

function Body({ body, headers, label, limitBytes }: BodyViewProps & { readonly body: CapturedBody }) {
  const { t } = useTranslation('tunnels');
  const content = useMemo(() => bodyContent(body, headers), [body, headers]);
  const [chosen, setChosen] = useState<View>();
  const [all, setAll] = useState(false);
  const offered = views.filter((view) => (view === 'json' ? content.json !== undefined : view === 'text' ? !content.binary : true));
  const view = chosen !== undefined && offered.includes(chosen) ? chosen : (offered[0] ?? 'hex');
  const isLong = content.text.length > shownCharacters && view !== 'hex';
  const packed = headerOf(headers, 'content-encoding');
  const size = { size: formatBytes(body.sizeBytes), limit: formatBytes(limitBytes), kept: formatBytes(content.bytes.length) };
  return (
    <section className="sb-col sb-grow tu-body" aria-label={label}>
      <div className="tu-body-bar">
        <span className="sb-cap sb-clip">{headerOf(headers, 'content-type') ?? t('noType')}</span>
        <span className="sb-grow" />
        {offered.length > 1 && (
          <SegmentedControl
            aria-label={t('bodyAs')}
            data={offered.map((value) => ({ value, label: t(`view_${value}`) }))}
            value={view}
            onChange={(next) => setChosen(next as View)}
          />
        )}
      </div>
      {view === 'json' && <JsonPayload label={label} value={content.json?.value} all={all} />}
      {view === 'text' && <TextPayload label={label} text={content.text} all={all} />}
      {view === 'hex' && <HexPayload label={label} bytes={content.bytes} all={all} />}
      <p className="tu-size sb-3" role="status">
        {body.truncated ? t('sizeCut', size) : t('sizeWhole', size)} {packed !== undefined && t('packed', { encoding: packed })}
        {isLong && !all && (
          <>
            {' '}
            {t('sizePart', { size: formatBytes(shownCharacters) })}{' '}
            <button type="button" className="sb-link" onClick={() => setAll(true)}>
              {t('showWhole')}
            </button>
          </>
        )}
      </p>
    </section>
  );
}
