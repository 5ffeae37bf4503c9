import { type ComponentType, useId, useState } from 'react';
import type { TunnelInfo, TunnelRequest, TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Tooltip } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconCopy, IconDots, IconPencil, IconRepeat, IconX, StateShape } from '../../../design/icons/index.ts';
import { Strip, TabBar } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { menuEntries } from '../../shared/menu-entries.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import { toneOf } from '../model/request-words.ts';
import { type ActContext, requestActions } from '../tunnel-actions.ts';
import { type RequestTab, requestTabs, showRequests } from '../tunnels-route.ts';
import { requestListId } from '../tunnels-store.ts';
import { durationWords } from '../words.ts';
import { RawTab } from './raw-tab.tsx';
import { RequestSide, ResponseSide } from './side-tab.tsx';
import { TimingTab } from './timing-tab.tsx';

const contents: Record<RequestTab, ComponentType<{ readonly detail: TunnelRequestDetail; readonly limitBytes: number }>> = {
  request: RequestSide,
  response: ResponseSide,
  timing: TimingTab,
  raw: RawTab,
};

/** How often a request that goes on is asked for. */
const openMs = 1_000;

interface RequestInspectorProps {
  readonly tunnel: TunnelInfo;
  readonly requestId: string;
  readonly tab: RequestTab;
  readonly context: ActContext;
}

/** One request: what was asked, what was answered, where the time went. Asked again as long as it goes on. */
export function RequestInspector({ tunnel, requestId, tab, context }: RequestInspectorProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const panelId = useId();
  const nameOf = useNodeNames();
  const [ended, setEnded] = useState(false);
  const call = useCall(
    'tunnels.request',
    { requestId },
    { nodeId: tunnel.nodeId === context.ownId ? undefined : tunnel.nodeId, ...(!ended && { pollMs: openMs }) },
  );
  const detail = dataOf(call.state);
  if (detail !== undefined && detail.open === ended) setEnded(!detail.open);
  const Content = contents[tab];
  return (
    <aside className="sb-col sb-grow" aria-label={t('requestInspector')} data-region="inspector">
      <Head request={detail} requestId={requestId} />
      <TabBar
        label={t('requestTabs')}
        items={requestTabs.map((id) => ({ id, label: t(`tab_${id}`) }))}
        current={tab}
        onChange={(requestTab) => showRequests({ requestTab })}
        panelId={panelId}
      />
      <div id={panelId} role="tabpanel" aria-label={t(`tab_${tab}`)} className="sb-col sb-grow">
        {detail !== undefined ? (
          <>
            {detail.error !== null && <Strip tone="crit" icon={<StateShape kind="failed" />} fact={detail.error} />}
            <Content detail={detail} limitBytes={tunnel.capture.maxBodyBytes} />
          </>
        ) : call.state.kind === 'error' ? (
          <CallFailure
            title={t('requestFailed')}
            error={call.state.error}
            call="tunnels.request"
            node={nameOf(tunnel.nodeId)}
            onRetry={call.retry}
          />
        ) : (
          <Loading
            rows={4}
            asking={(seconds) => common('asking', { node: nameOf(tunnel.nodeId), seconds })}
            cancelLabel={common('cancel')}
            onCancel={call.cancel}
          />
        )}
      </div>
      {detail !== undefined && <Foot tunnel={tunnel} request={detail} context={context} />}
    </aside>
  );
}

function Head({ request, requestId }: { readonly request: TunnelRequest | undefined; readonly requestId: string }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const tone = request === undefined ? 'plain' : toneOf(request);
  const title = request === undefined ? requestId : `${request.kind === 'tcp' ? 'TCP' : request.method} ${request.path}`;
  return (
    <header className="sb-insp-head">
      <StateShape kind={tone === 'failed' ? 'failed' : tone === 'refused' ? 'warn' : tone === 'open' ? 'running' : 'online'} />
      <h2 className="sb-mono sb-clip sb-select tu-request-title" title={title}>
        {title}
      </h2>
      {request !== undefined && (
        <span className="sb-num tu-request-sum">
          <span className={tone === 'failed' ? 'sb-crit' : tone === 'refused' ? 'sb-warn' : undefined}>
            {request.status ?? (request.open ? t('isOpen') : t('noStatus'))}
          </span>{' '}
          {request.durationMs !== null && <span className="sb-3">{durationWords(request.durationMs)}</span>}
        </span>
      )}
      <span className="sb-grow" />
      <IconButton
        label={common('close')}
        shortcut="Esc"
        onClick={() => {
          showRequests({ request: undefined });
          focusTable(requestListId);
        }}
      >
        <IconX size={16} stroke={1.5} />
      </IconButton>
    </header>
  );
}

const icon = { size: 14, stroke: 1.6 };
const asButtons = new Map([
  ['tunnels.replay', <IconRepeat key="replay" {...icon} />],
  ['tunnels.editReplay', <IconPencil key="edit" {...icon} />],
]);

function Foot({
  tunnel,
  request,
  context,
}: {
  readonly tunnel: TunnelInfo;
  readonly request: TunnelRequest;
  readonly context: ActContext;
}) {
  const { t: common } = useTranslation('common');
  const actions = requestActions(context, tunnel, request);
  const curl = actions.find(({ id }) => id === 'tunnels.curl');
  return (
    <footer className="sb-insp-foot">
      {actions
        .filter(({ id }) => asButtons.has(id))
        .map((action) => (
          <Tooltip key={action.id} label={action.reason} disabled={action.reason === undefined} multiline maw={280}>
            {/* A button that is disabled tells nothing of the pointer. */}
            <span>
              <Button variant="default" leftSection={asButtons.get(action.id)} disabled={action.enabled === false} onClick={action.run}>
                {action.title}
              </Button>
            </span>
          </Tooltip>
        ))}
      <span className="sb-grow" />
      {curl !== undefined && (
        <Button variant="default" leftSection={<IconCopy {...icon} />} disabled={curl.enabled === false} onClick={curl.run}>
          {curl.title}
        </Button>
      )}
      <MenuButton label={common('more')} icon={<IconDots size={16} stroke={1.6} />}>
        <MenuEntries entries={menuEntries(actions.filter(({ id }) => !asButtons.has(id) && id !== 'tunnels.curl'))} />
      </MenuButton>
    </footer>
  );
}
