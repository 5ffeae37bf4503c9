import type { TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import type { HeaderList } from '../../../../common/http-exchange/index.ts';
import { IconEyeOff } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { redactedNames } from '../model/exchange.ts';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { BodyView } from './body-view.tsx';
import { TimingBars } from './timing-bars.tsx';

interface SideProps {
  readonly detail: TunnelRequestDetail;
  readonly limitBytes: number;
}

/** What the client sent. */
export function RequestSide({ detail, limitBytes }: SideProps) {
  return (
    <Side
      detail={detail}
      headers={detail.requestHeaders}
      body={detail.requestBody}
      sizeBytes={detail.requestBytes}
      limitBytes={limitBytes}
      side="request"
    />
  );
}

/** What the local service answered, below where the time went. */
export function ResponseSide({ detail, limitBytes }: SideProps) {
  return (
    <>
      <TimingBars timings={detail.timings} />
      <Side
        detail={detail}
        headers={detail.responseHeaders}
        body={detail.responseBody}
        sizeBytes={detail.responseBytes}
        limitBytes={limitBytes}
        side="response"
      />
    </>
  );
}

interface OneSideProps extends SideProps {
  readonly headers: HeaderList;
  readonly body: TunnelRequestDetail['requestBody'];
  readonly sizeBytes: number;
  readonly side: 'request' | 'response';
}

function Side({ detail, headers, body, sizeBytes, limitBytes, side }: OneSideProps) {
  const { t } = useTranslation('tunnels');
  if (detail.capture === 'off') {
    return (
      <div className="sb-sec tu-note">
        <p className="sb-2">{t('notCaptured')}</p>
        <button type="button" className="sb-link" onClick={() => openTunnelDialog({ kind: 'capture', tunnelId: detail.tunnelId })}>
          {t('act_capture')}
        </button>
      </div>
    );
  }
  return (
    <>
      <Headers headers={headers} redacted={redactedNames(detail)} label={t(`headers_${side}`)} />
      {detail.capture === 'heads' && sizeBytes > 0 ? (
        <p className="sb-sec sb-3">{t('bodyNotCaptured')}</p>
      ) : (
        <BodyView key={`${detail.requestId} ${side}`} body={body} headers={headers} label={t(`body_${side}`)} limitBytes={limitBytes} />
      )}
    </>
  );
}

/** Headers in their order; the hidden ones say so. */
function Headers(props: { readonly headers: HeaderList; readonly redacted: ReadonlySet<string>; readonly label: string }) {
  const { t } = useTranslation('tunnels');
  if (props.headers.length === 0) return <p className="sb-sec sb-3">{t('noHeaders')}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="tu-headers sb-select" aria-label={props.label} tabIndex={0}>
      <dl>
        {props.headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and the list never changes
          <div key={`${name} ${index}`}>
            <dt className="sb-mono">{name}</dt>
            <dd className="sb-mono">
              {props.redacted.has(name.toLowerCase()) ? (
                <span className="sb-tag" title={t('redactedHelp')}>
                  <IconEyeOff size={12} stroke={1.6} />
                  {t('redacted')}
                </span>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
