import { useMemo, useState } from 'react';
import { bodyContent, type CapturedBody, type HeaderList, headerOf, unpackedLimitBytes } from '../../../../common/http-exchange/index.ts';
import { SegmentedControl } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { HexPayload, JsonPayload, shownCharacters, TextPayload } from '../../shared/payload/payload-parts.tsx';
import { type Unpacking, useUnpacked } from './use-unpacked.ts';

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
  const unpacking = useUnpacked(body, headers);
  const content = useMemo(() => bodyContent(body, headers, unpacking?.body), [body, headers, unpacking]);
  const [chosen, setChosen] = useState<View>();
  const [all, setAll] = useState(false);
  const offered = views.filter((view) => (view === 'json' ? content.json !== undefined : view === 'text' ? !content.binary : true));
  const view = chosen !== undefined && offered.includes(chosen) ? chosen : (offered[0] ?? 'hex');
  const isLong = content.text.length > shownCharacters && view !== 'hex';
  const size = { size: formatBytes(body.sizeBytes), limit: formatBytes(limitBytes), kept: formatBytes(keptBytes(body)) };
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
        {body.truncated ? t('sizeCut', size) : t('sizeWhole', size)}{' '}
        {unpacking !== undefined && <PackedWords unpacking={unpacking} encoding={content.packedWith.join(', ')} />}
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

/** Bytes of a body that were kept. */
function keptBytes({ base64 }: CapturedBody): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** What a body was packed with, and how much of what is in it is shown. */
function PackedWords({ unpacking, encoding }: { readonly unpacking: Unpacking; readonly encoding: string }) {
  const { t } = useTranslation('tunnels');
  const { state, body } = unpacking;
  return t(`packed_${state}`, {
    encoding,
    size: formatBytes(body?.bytes.length ?? 0),
    limit: formatBytes(unpackedLimitBytes),
  });
}
