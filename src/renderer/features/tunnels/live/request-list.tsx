import type { TunnelInfo, TunnelRequest } from '../../../../common/contract/tunnels.ts';
import { useElementSize } from '../../../design/controls/index.ts';
import { useRowHeight } from '../../../design/data/row-height.ts';
import { VirtualList } from '../../../design/data/virtual-list.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatBytes, formatTime } from '../../../state/format.ts';
import { useRowMenu } from '../../shared/table/row-menu.tsx';
import { slowMs, toneOf } from '../model/request-words.ts';
import { type ActContext, requestActions } from '../tunnel-actions.ts';
import { showRequests } from '../tunnels-route.ts';
import { requestListId } from '../tunnels-store.ts';
import { msNumber } from '../words.ts';

const wide = '92px 52px minmax(0, 1fr) 62px 64px 84px';
/** Below this width in px the reply leaves, then the milliseconds of the time do. */
const roomForReply = 460;
const narrow = '64px 52px minmax(0, 1fr) 62px 64px';

interface RequestListProps {
  readonly tunnel: TunnelInfo;
  readonly rows: readonly TunnelRequest[];
  readonly selected: string | undefined;
  readonly nowMs: number;
  readonly context: ActContext;
  /** The reader has left the newest rows, or come back to them. */
  readonly onAtTop: (atTop: boolean) => void;
}

/** The requests, newest first. */
export function RequestList({ tunnel, rows, selected, nowMs, context, onAtTop }: RequestListProps) {
  const { t } = useTranslation('tunnels');
  const rowHeight = useRowHeight('--sb-row');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const menu = useRowMenu<TunnelRequest>(
    requestListId,
    (key) => rows.find(({ requestId }) => requestId === key),
    (request) => ({ name: `${request.method} ${request.path}`, actions: requestActions(context, tunnel, request) }),
  );
  const withReply = width === 0 || width >= roomForReply;
  const columns = withReply ? wide : narrow;
  const index = rows.findIndex(({ requestId }) => requestId === selected);
  const select = (at: number) => showRequests({ request: rows[at]?.requestId });
  return (
    <div
      ref={ref}
      id={requestListId}
      className="sb-col sb-grow tu-requests"
      onScrollCapture={(event) => event.target instanceof Element && onAtTop(event.target.scrollTop < rowHeight)}
    >
      <VirtualList
        label={t('liveTitle')}
        count={rows.length}
        rowHeight={rowHeight}
        keyOf={(at) => rows[at]?.requestId ?? at}
        renderRow={(at) => requestCells(rows[at], withReply, nowMs, t)}
        columns={columns}
        selectedIndex={index === -1 ? undefined : index}
        onSelect={select}
        onOpen={select}
        openOnClick
        onMenu={(at, place) => {
          const request = rows[at];
          if (request === undefined) return;
          select(at);
          menu.open(request.requestId, request, place);
        }}
        head={
          <div className="sb-head" aria-hidden="true" style={{ gridTemplateColumns: columns }}>
            <span>{t('head_time')}</span>
            <span>{t('head_method')}</span>
            <span>{t('head_path')}</span>
            <span>{t('head_status')}</span>
            <span className="sb-r">{t('head_duration')}</span>
            {withReply && <span className="sb-r">{t('head_reply')}</span>}
          </div>
        }
      />
      {menu.shown}
    </div>
  );
}

type Translate = ActContext['t'];

/** The cells of a row. Not a component: hooks and memo would cost more than the six cells do. */
function requestCells(request: TunnelRequest | undefined, withReply: boolean, nowMs: number, t: Translate) {
  if (request === undefined) return null;
  const { at, method, path, status, error, open, durationMs, responseBytes, replayOf, kind } = request;
  const tone = toneOf(request);
  const slow = durationMs !== null && durationMs >= slowMs;
  return (
    <>
      <span className="sb-2" title={formatTime(at, { milliseconds: true })}>
        {formatTime(at, { milliseconds: withReply })}
      </span>
      <span className="sb-mono tu-method">{kind === 'tcp' ? 'TCP' : method}</span>
      <span className="sb-mono tu-path" title={path}>
        {path}
        {replayOf !== null && <span className="sb-tag">{t('replayed')}</span>}
      </span>
      <span className={`tu-status${tone === 'failed' ? ' sb-crit' : tone === 'refused' ? ' sb-warn' : ''}`} title={error ?? undefined}>
        {tone === 'failed' && <StateShape kind="failed" />}
        {tone === 'refused' && <StateShape kind="warn" />}
        <span>{status ?? (error === null ? '–' : t('noStatus'))}</span>
      </span>
      <span className={slow ? 'sb-r sb-warn' : 'sb-r'}>{msNumber(durationMs)}</span>
      {withReply && (
        <span className="sb-r sb-2">{open ? t('openFor', { age: formatAge(Math.max(0, nowMs - at)) }) : formatBytes(responseBytes)}</span>
      )}
    </>
  );
}
