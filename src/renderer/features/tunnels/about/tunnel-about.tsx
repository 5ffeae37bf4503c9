import type { ReactNode } from 'react';
import type { TunnelInfo } from '../../../../common/contract/tunnels.ts';
import { useNow } from '../../../app/frame/connection-label.tsx';
import { goTo } from '../../../app/routes.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { IconCopy, IconX, StateLabel, StateShape } from '../../../design/icons/index.ts';
import { KeyValues, Strip } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { tunnelHealth, tunnelShapes } from '../../shared/tunnels/tunnel-health.ts';
import { copyAndSay } from '../copy-acts.ts';
import { shortAddress } from '../model/tunnel-table.ts';
import { useLive } from '../tunnels-store.ts';
import { durationWords, exposureWords, percentWords, stateWord, troubleWords } from '../words.ts';

/** One tunnel in facts: where it answers, where it goes, who may come in, how it does. */
export function TunnelAbout({ tunnel, stale }: { readonly tunnel: TunnelInfo; readonly stale: boolean }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const nowMs = useNow(tunnel.nextTryAt !== null);
  const health = tunnelHealth(tunnel);
  const trouble = troubleWords(t, tunnel, nowMs);
  return (
    <aside className="sb-col sb-grow" aria-label={t('aboutLabel', { name: tunnel.agentId })} data-region="inspector">
      <header className="sb-insp-head">
        <StateShape kind={stale ? 'unknown' : tunnelShapes[health]} />
        <h2 className="tu-title sb-clip sb-select" title={tunnel.agentId}>
          {tunnel.agentId}
        </h2>
        <span className="sb-3 sb-clip sb-grow">{nameOf(tunnel.nodeId)}</span>
        <span className="tu-about-close">
          <IconButton label={common('close')} onClick={() => useLive.setState({ about: false })}>
            <IconX size={16} stroke={1.5} />
          </IconButton>
        </span>
      </header>
      {trouble !== '' && (
        <Strip
          tone={health === 'failed' ? 'crit' : 'warn'}
          icon={<StateShape kind={tunnelShapes[health]} />}
          fact={stateWord(t, tunnel, stale)}
        >
          {trouble}
        </Strip>
      )}
      <ScrollArea label={t('aboutLabel', { name: tunnel.agentId })}>
        <Addresses urls={tunnel.publicUrls} />
        <div className="sb-sec tu-facts" {...(stale && { 'data-stale': true })}>
          <h3 className="sb-h">{t('about_way')}</h3>
          <KeyValues items={wayFacts({ tunnel, stale, t, nameOf })} />
        </div>
        <div className="sb-sec tu-facts" {...(stale && { 'data-stale': true })}>
          <h3 className="sb-h">{t('about_figures')}</h3>
          <KeyValues
            items={[
              [t('fact_requests'), formatCount(tunnel.requests)],
              [t('fact_inFlight'), formatCount(tunnel.inFlight)],
              [t('fact_median'), durationWords(tunnel.p50Ms)],
              [t('fact_p95'), durationWords(tunnel.p95Ms)],
              [t('fact_errors'), percentWords(tunnel.errorRatio)],
              [t('fact_bytesIn'), formatBytes(tunnel.bytesIn)],
              [t('fact_bytesOut'), formatBytes(tunnel.bytesOut)],
            ]}
          />
        </div>
      </ScrollArea>
    </aside>
  );
}

interface FactsInput {
  readonly tunnel: TunnelInfo;
  readonly stale: boolean;
  readonly t: ReturnType<typeof useTranslation<'tunnels'>>['t'];
  readonly nameOf: (nodeId: string) => string;
}

function wayFacts({ tunnel, stale, t, nameOf }: FactsInput): readonly (readonly [string, ReactNode])[] {
  const { gateway, service, access, target } = tunnel;
  const { nodeId } = gateway;
  return [
    [
      t('fact_state'),
      <StateLabel key="state" kind={stale ? 'unknown' : tunnelShapes[tunnelHealth(tunnel)]}>
        {t('stateSince', { state: stateWord(t, tunnel, stale), time: formatTime(tunnel.stateSince) })}
      </StateLabel>,
    ],
    [t('fact_exposure'), exposureWords(t, tunnel)],
    [
      t('fact_gateway'),
      nodeId === null ? (
        <span key="gateway" title={gateway.url}>
          {gateway.url}
        </span>
      ) : (
        <button key="gateway" type="button" className="sb-link" onClick={() => goTo('tunnels', { gateway: nodeId })}>
          {nameOf(nodeId)}
        </button>
      ),
    ],
    [t('fact_token'), gateway.legacy ? t('tokenLegacy', { token: gateway.tokenId }) : gateway.tokenId],
    [t('fact_links'), t('linksOpen', { open: tunnel.openLinks, count: tunnel.links })],
    [t('fact_roundTrip'), durationWords(tunnel.rttMs)],
    [t('fact_service'), `${target.host}:${target.port}`],
    [
      t('fact_serviceState'),
      service === null
        ? t('notTried')
        : t('serviceChecked', {
            detail: service.detail === '' ? t(`service_${service.state}`) : service.detail,
            time: formatTime(service.checkedAt),
          }),
    ],
    [
      t('fact_host'),
      tunnel.hostHeader === 'target' || tunnel.hostHeader === 'original' ? t(`host_${tunnel.hostHeader}`) : tunnel.hostHeader,
    ],
    [t('fact_password'), access.basicAuth === null ? t('noPassword') : t('passwordOf', { name: access.basicAuth.username })],
    [t('fact_addresses'), access.allowedAddresses.length === 0 ? t('allAddresses') : access.allowedAddresses.join(', ')],
    [t('fact_rate'), access.requestsPerSecond === null ? t('noLimit') : t('perSecond', { amount: formatCount(access.requestsPerSecond) })],
  ];
}

function Addresses({ urls }: { readonly urls: readonly string[] }) {
  const { t } = useTranslation('tunnels');
  if (urls.length === 0) return null;
  return (
    <div className="sb-sec">
      <h3 className="sb-h">{t('about_addresses')}</h3>
      <ul className="tu-urls">
        {urls.map((url) => (
          <li key={url}>
            <span className="sb-mono sb-select sb-clip sb-grow" title={url}>
              {url}
            </span>
            <IconButton label={t('copyOne', { address: shortAddress(url) })} onClick={() => void copyAndSay(url, shortAddress(url))}>
              <IconCopy size={16} stroke={1.5} />
            </IconButton>
          </li>
        ))}
      </ul>
    </div>
  );
}
