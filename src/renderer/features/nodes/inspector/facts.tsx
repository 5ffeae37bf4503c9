import { type ReactNode, useMemo } from 'react';
import type { MqttStatus } from '../../../../common/contract/mqtt.ts';
import type { NodeStatus } from '../../../../common/contract/node.ts';
import type { NodeInfo } from '../../../../common/contract/nodes.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { IconCopy, StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatDuration, formatTime } from '../../../state/format.ts';
import { elideId } from '../../../state/group-id.ts';
import { formatOffset, isSkewed } from '../model/clock-offset.ts';
import { stateOf } from '../model/node-state.ts';
import { commonVersion } from '../model/versions.ts';
import { nodeActions } from '../node-actions.ts';
import { formatSince, stateWords } from '../node-words.ts';
import { Version, Way } from '../table/node-row.tsx';
import { useKnownNodes, useStale } from '../use-known-nodes.ts';
import { answerOf, type InspectedProps, useAsk } from './use-ask.ts';

/** What the node is and where. What the own node knows of it is there even when it is away. */
export function Facts(props: InspectedProps & { readonly status: NodeStatus | undefined }) {
  const { t } = useTranslation('nodes');
  const { node, reachable, status } = props;
  const nodes = useKnownNodes();
  const common = useMemo(() => commonVersion(nodes), [nodes]);
  const info = answerOf(useAsk(props, 'system.info', {}).state)?.data;
  const mqtt = answerOf(useAsk(props, 'mqtt.status', {}).state)?.data;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('fact_state'), <StateFact key="state" node={node} />],
    [t('fact_id'), <IdFact key="id" node={node} />],
    [t('fact_version'), <Version key="version" version={node.version} common={common} />],
    [t('fact_platform'), info === undefined ? '–' : `${info.os.distribution ?? info.os.platform}, ${info.os.arch}`],
    [t('fact_capabilities'), node.capabilities.join(', ') || t('none')],
    [t('fact_link'), mqtt === undefined ? '–' : linkWords(t, mqtt)],
    [t('fact_starts'), formatCount(node.epoch)],
    ...(reachable && status !== undefined ? [[t('fact_uptime'), formatDuration(status.uptimeMs)] as const] : []),
    ...(!reachable && node.lastSeenAt !== null ? [[t('fact_seen'), formatTime(node.lastSeenAt)] as const] : []),
    ...(node.self ? [] : [[t('fact_via'), <WayFact key="via" node={node} />] as const, ...distance(t, node)]),
  ];
  return (
    <div className="sb-sec">
      <KeyValues items={facts} />
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<'nodes'>>['t'];

function linkWords(t: Translate, { mode, broker }: MqttStatus): string {
  if (mode === 'off') return t('link_off');
  return mode === 'hub' ? t('link_hub', { broker: broker ?? '' }) : t('link_external', { broker: broker ?? '' });
}

/** The way to it and its clock, as last measured. */
function distance(t: Translate, { rttMs, clockOffsetMs }: NodeInfo): readonly (readonly [string, ReactNode])[] {
  return [
    [t('fact_rtt'), rttMs === null ? t('notMeasured') : formatDuration(rttMs)],
    [
      t('fact_clock'),
      clockOffsetMs === null ? (
        t('notMeasured')
      ) : (
        <span key="clock" className={isSkewed(clockOffsetMs) ? 'sb-warn' : undefined}>
          {t('clockFact', { offset: formatOffset(clockOffsetMs) })}
        </span>
      ),
    ],
  ];
}

/** The way and what it is worth, in words. */
function WayFact({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  return (
    <>
      <Way node={node} />{' '}
      {node.via !== null && node.status === 'online' && <span className="sb-2">{t(node.secure ? 'wayProven' : 'wayUnproven')}</span>}
    </>
  );
}

function StateFact({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  const stale = useStale();
  return (
    <>
      <StateLabel kind={stateOf(node, stale).kind}>{stateWords(t, node, stale)}</StateLabel>{' '}
      {node.status === 'online' && node.since !== null && (
        <span className="sb-2">{t(node.health === 'ok' ? 'since' : 'onlineSince', { time: formatSince(node.since) })}</span>
      )}
    </>
  );
}

function IdFact({ node }: { readonly node: NodeInfo }) {
  const { t } = useTranslation('nodes');
  const copy = nodeActions(t, node).find(({ id }) => id === 'nodes.copyId');
  return (
    <span className="nd-id">
      <span className="sb-mono sb-clip" title={node.nodeId}>
        {elideId(node.nodeId)}
      </span>
      <IconButton label={t('act_copyId')} onClick={() => copy?.run()}>
        <IconCopy size={14} stroke={1.6} />
      </IconButton>
    </span>
  );
}
