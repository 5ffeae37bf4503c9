import { useEffect, useState } from 'react';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { Button } from '../../../design/controls/index.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { faultPosition } from '../../shared/fault-position.ts';
import { FilterFault } from '../../shared/filter-fault.tsx';
import { mayNow } from '../../shared/rights.ts';
import { tunnelHealth } from '../../shared/tunnels/tunnel-health.ts';
import { canOpen, copyAndSay, openAddress } from '../copy-acts.ts';
import { shortAddress } from '../model/tunnel-table.ts';
import type { ActContext } from '../tunnel-actions.ts';
import { showRequests } from '../tunnels-route.ts';
import { useLive } from '../tunnels-store.ts';
import { troubleWords } from '../words.ts';
import { LiveBar } from './live-bar.tsx';
import { RequestList } from './request-list.tsx';
import { type LiveRequests, useRequests } from './use-requests.ts';

interface LiveProps {
  readonly tunnel: TunnelInfo;
  readonly filter: string;
  readonly selected: string | undefined;
  readonly context: ActContext;
}

/** The requests through a tunnel as they come. */
export function Live({ tunnel, filter, selected, context }: LiveProps) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  if (!mayNow({ ...context.rights, connected: true }, 'operator')) {
    return (
      <div className="sb-empty" role="status">
        <h2>{t('liveTitle')}</h2>
        <p>{t('liveNeedsRole', { role: common('role_operator') })}</p>
      </div>
    );
  }
  return <LiveList tunnel={tunnel} filter={filter} selected={selected} context={context} />;
}

function LiveList({ tunnel, filter, selected, context }: LiveProps) {
  const { t } = useTranslation('tunnels');
  const paused = useLive((state) => state.paused);
  const [atTop, setAtTop] = useState(true);
  const live = useRequests(tunnel, context.ownId, filter, paused || !atTop);
  // Another list begins with its newest rows in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what makes another list
  useEffect(() => setAtTop(true), [tunnel.tunnelId, filter]);
  const nowMs = useNow(live.rows.some(({ open }) => open));
  const fault = live.error?.code === 'INVALID_PARAMS' ? live.error : undefined;
  return (
    <section className="sb-col sb-grow" aria-label={t('liveLabel', { name: tunnel.agentId })}>
      <LiveBar tunnel={tunnel} filter={filter} live={live} context={context} />
      {fault !== undefined && (
        <div className="tu-fault" role="alert">
          <FilterFault text={filter} message={fault.message} position={faultPosition(fault.data)} />
        </div>
      )}
      <HeldStrip live={live} paused={paused} />
      {live.error !== undefined && fault === undefined && live.rows.length > 0 && (
        <Strip tone="warn" icon={<StateShape kind="unknown" />} fact={t('liveStale')}>
          {live.error.message}
        </Strip>
      )}
      {live.rows.length > 0 ? (
        <RequestList tunnel={tunnel} rows={live.rows} selected={selected} nowMs={nowMs} context={context} onAtTop={setAtTop} />
      ) : (
        fault === undefined && <NoRequests tunnel={tunnel} filter={filter} live={live} />
      )}
      <Foot live={live} />
    </section>
  );
}

/** The list stands still, or more comes than can be listed. */
function HeldStrip({ live, paused }: { readonly live: LiveRequests; readonly paused: boolean }) {
  const { t } = useTranslation('tunnels');
  if (paused) {
    return (
      <Strip
        tone="mode"
        icon={<StateShape kind="paused" />}
        fact={t('paused')}
        act={
          <button type="button" className="sb-link" onClick={() => useLive.setState({ paused: false })}>
            {t('goOn')}
          </button>
        }
      >
        {t('pausedDetail', { count: live.held, amount: formatCount(live.held) })}
      </Strip>
    );
  }
  if (!live.skipping) return null;
  return <Strip tone="mode" icon={<StateShape kind="lagging" />} fact={t('skipping')} />;
}

function Foot({ live }: { readonly live: LiveRequests }) {
  const { t } = useTranslation('tunnels');
  const paused = useLive((state) => state.paused);
  if (live.rows.length === 0) return null;
  const scrollToTop = () => document.querySelector('#tunnels-requests [role="listbox"]')?.scrollTo({ top: 0 });
  return (
    <div className="sb-foot" role="status">
      <span className="sb-3 sb-num sb-clip">
        {t('shown', { count: live.rows.length, amount: formatCount(live.rows.length) })}
        {live.gone > 0 && ` · ${t('gone', { count: live.gone, amount: formatCount(live.gone) })}`}
      </span>
      <span className="sb-grow" />
      {!paused && live.held > 0 && (
        <button type="button" className="sb-link sb-num" onClick={scrollToTop}>
          {t('newer', { count: live.held, amount: formatCount(live.held) })}
        </button>
      )}
    </div>
  );
}

/** Why the list is empty: loading, refused, nothing matches, nothing came, nothing can come. */
function NoRequests({ tunnel, filter, live }: { readonly tunnel: TunnelInfo; readonly filter: string; readonly live: LiveRequests }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const node = nameOf(tunnel.nodeId);
  if (live.error !== undefined) {
    return <CallFailure title={t('liveFailed')} error={live.error} call="tunnels.requests" node={node} onRetry={live.retry} />;
  }
  if (live.loading) return <Loading rows={8} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} />;
  if (filter !== '') {
    return (
      <div className="sb-empty tu-empty" role="status">
        <h2>{t('noMatch', { filter })}</h2>
        <p>{t('noMatchDetail')}</p>
        <Button variant="default" onClick={() => showRequests({ filter: '' })}>
          {common('clearFilter')}
        </Button>
      </div>
    );
  }
  const [address] = tunnel.publicUrls;
  const health = tunnelHealth(tunnel);
  const trouble = troubleWords(t, tunnel, Date.now());
  return (
    <div className="sb-empty tu-empty" role="status">
      <h2>{t('noRequest')}</h2>
      <p>
        {address !== undefined && health === 'up'
          ? t('noRequestUp', { address: shortAddress(address) })
          : health === 'off'
            ? t('noRequestOff')
            : trouble === ''
              ? t('noRequestDown')
              : trouble}
      </p>
      {address !== undefined && (
        <div className="sb-flex">
          <Button variant="default" onClick={() => void copyAndSay(address, shortAddress(address))}>
            {t('act_copy')}
          </Button>
          {canOpen(address) && (
            <Button variant="default" onClick={() => void openAddress(address)}>
              {t('act_open')}
            </Button>
          )}
        </div>
      )}
      {address !== undefined && tunnel.kind === 'http' && (
        <p>
          {t('terminal')}
          <br />
          <code className="sb-mono sb-select">{`curl ${address}`}</code>
        </p>
      )}
    </div>
  );
}
