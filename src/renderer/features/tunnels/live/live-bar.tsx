import { type FormEvent, useEffect, useState } from 'react';
import type { Capture, TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Kbd, SegmentedControl, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { IconAdjustments, IconDownload, IconPlayerPause, IconPlayerPlay, IconSearch } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { nodeClient } from '../../../state/node.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { mayNow } from '../../shared/rights.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import { exportHar } from '../request/request-acts.ts';
import type { ActContext } from '../tunnel-actions.ts';
import { openTunnelDialog } from '../tunnels-dialogs.ts';
import { showRequests } from '../tunnels-route.ts';
import { requestFilterId, requestListId, useLive } from '../tunnels-store.ts';
import { atNode } from '../use-tunnels-data.ts';
import type { LiveRequests } from './use-requests.ts';

interface LiveBarProps {
  readonly tunnel: TunnelInfo;
  readonly filter: string;
  readonly live: LiveRequests;
  readonly context: ActContext;
}

/** What the list is of, the filter, what is kept of each request, and the pause. */
export function LiveBar({ tunnel, filter, live, context }: LiveBarProps) {
  const { t } = useTranslation('tunnels');
  const paused = useLive((state) => state.paused);
  return (
    <div className="sb-subbar tu-live-bar">
      <h2 className="sb-h">{t('liveTitle')}</h2>
      <span className="sb-grow" />
      <Filter filter={filter} live={live} />
      <CaptureChoice tunnel={tunnel} context={context} />
      <IconButton
        label={t('act_har')}
        disabled={live.rows.length === 0}
        onClick={() => void exportHar(atNode(tunnel.nodeId, context.ownId), tunnel, live.rows)}
      >
        <IconDownload size={16} stroke={1.5} />
      </IconButton>
      <Button
        variant="default"
        className="tu-pause"
        leftSection={paused ? <IconPlayerPlay size={14} stroke={1.6} /> : <IconPlayerPause size={14} stroke={1.6} />}
        onClick={() => useLive.setState({ paused: !paused })}
      >
        {paused ? t('goOn') : t('pause')}
      </Button>
    </div>
  );
}

function Filter({ filter, live }: Pick<LiveBarProps, 'filter' | 'live'>) {
  const { t } = useTranslation('tunnels');
  const [text, setText] = useState(filter);
  useEffect(() => setText(filter), [filter]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    showRequests({ filter: text.trim(), request: undefined });
  };
  return (
    <form onSubmit={submit} className="tu-filter">
      <TextInput
        id={requestFilterId}
        aria-label={t('filter')}
        placeholder={t('filterPlaceholder')}
        title={t('filterHelp')}
        leftSection={<IconSearch size={14} stroke={1.6} />}
        rightSection={<Kbd>/</Kbd>}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setText('');
            showRequests({ filter: '' });
          } else if (event.key === 'ArrowDown') focusTable(requestListId);
          else return;
          event.preventDefault();
        }}
        error={live.error?.code === 'INVALID_PARAMS'}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}

function CaptureChoice({ tunnel, context }: Pick<LiveBarProps, 'tunnel' | 'context'>) {
  const { t } = useTranslation('tunnels');
  const mayChange = mayNow(context.rights, 'operator');
  const { capture, tunnelId, agentId } = tunnel;
  // What is chosen shows that it was done.
  const choose = async (level: Capture['level']) => {
    try {
      const params = { tunnelId, capture: { ...capture, level } };
      await nodeClient().call('tunnels.update', params, { timeoutMs: writeTimeoutMs, ...atNode(tunnel.nodeId, context.ownId) });
    } catch (error) {
      showToast({ title: t('captureFailed', { name: agentId }), message: asSignalboxError(error).message, tone: 'error' });
    }
    context.refresh();
  };
  return (
    <div className="tu-capture">
      <span className="sb-2" id="tu-capture-label">
        {t('capture')}
      </span>
      <SegmentedControl
        aria-labelledby="tu-capture-label"
        data={(['off', 'heads', 'bodies'] as const).map((value) => ({ value, label: t(`capture_${value}`) }))}
        value={capture.level}
        disabled={!mayChange}
        onChange={(level) => void choose(level as Capture['level'])}
      />
      <IconButton label={t('act_capture')} disabled={!mayChange} onClick={() => openTunnelDialog({ kind: 'capture', tunnelId })}>
        <IconAdjustments size={16} stroke={1.5} />
      </IconButton>
    </div>
  );
}
