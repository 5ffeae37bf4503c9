import type { ReactNode } from 'react';
import type { MqttStatus } from '../../../../common/contract/mqtt.ts';
import type { NodeStatus } from '../../../../common/contract/node.ts';
import { Loading } from '../../../design/feedback/states.tsx';
import { type StateKind, StateLabel } from '../../../design/icons/index.ts';
import { KeyValues } from '../../../design/layout/bars.tsx';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes, formatCount, formatTime } from '../../../state/format.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { NodeAway, NotAnswering } from './node-away.tsx';
import { answerOf, type InspectedProps, useAsk } from './use-ask.ts';

const everyMs = 2_000;

/** Who is connected to the node, how it hangs in the cluster, and what waits for it. */
export function ConnectionsTab(props: InspectedProps) {
  const { t } = useTranslation('nodes');
  const { t: common } = useTranslation('common');
  const { node, reachable } = props;
  const status = useAsk(props, 'node.status', {}, { pollMs: everyMs });
  const mqtt = useAsk(props, 'mqtt.status', {}, { pollMs: everyMs });
  const own = useCall('nodes.get', { node: node.nodeId }, { pollMs: everyMs, enabled: !node.self });
  const statusNow = answerOf(status.state);
  const mqttNow = answerOf(mqtt.state);
  if (!reachable && statusNow === undefined) return <NodeAway node={node} missing="connections" />;
  if (status.state.kind === 'error') {
    return (
      <CallFailure
        title={t('connectionsFailed', { name: node.name })}
        error={status.state.error}
        call="node.status"
        node={node.name}
        onRetry={status.retry}
      />
    );
  }
  if (statusNow === undefined) {
    return (
      <Loading
        rows={8}
        asking={(seconds) => common('asking', { node: node.name, seconds })}
        cancelLabel={common('cancel')}
        onCancel={status.cancel}
      />
    );
  }
  return (
    <ScrollArea label={t('show_connections')}>
      {!reachable && <NodeAway node={node} missing="connections" shownAtMs={statusNow.atMs} />}
      {reachable && <NotAnswering node={node} state={status.state} />}
      <Section title={t('link')}>
        {mqttNow === undefined ? (
          <p className="sb-3">{mqtt.state.kind === 'error' ? mqtt.state.error.message : '–'}</p>
        ) : (
          <Link status={mqttNow.data} reachable={reachable} />
        )}
      </Section>
      {mqttNow?.data.hub != null && (
        <Section title={t('hub')}>
          <Hub hub={mqttNow.data.hub} />
        </Section>
      )}
      <Section title={t('calls')}>
        <KeyValues
          items={[
            ...(node.self ? [] : [[t('callsToIt'), formatCount(answerOf(own.state)?.data.pendingCalls ?? node.pendingCalls)] as const]),
            [t('callsRunning'), formatCount(statusNow.data.rpc.inFlight)],
            ...(mqttNow === undefined
              ? []
              : [
                  [t('callsOfOthers'), t('ofNodes', { calls: mqttNow.data.calls.running, count: mqttNow.data.calls.clients })] as const,
                  [t('callsAtOthers'), formatCount(mqttNow.data.calls.pending)] as const,
                ]),
          ]}
        />
      </Section>
      <Section title={t('clients')}>
        <Clients clients={statusNow.data.clients} />
      </Section>
      <Section title={t('listeners')}>
        <Listeners listeners={statusNow.data.listeners} reachable={reachable} />
      </Section>
    </ScrollArea>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="sb-sec" aria-label={title}>
      <h3 className="sb-h">{title}</h3>
      {children}
    </section>
  );
}

const linkShapes: Record<MqttStatus['link']['state'], StateKind> = {
  off: 'offline',
  connecting: 'running',
  connected: 'online',
  waiting: 'warn',
};

function Link({ status, reachable }: { readonly status: MqttStatus; readonly reachable: boolean }) {
  const { t } = useTranslation('nodes');
  const { link, messages, events, outbox } = status;
  if (status.mode === 'off') return <p className="sb-2">{t('link_off')}</p>;
  const refused = sum(messages.refused);
  const items: readonly (readonly [string, ReactNode])[] = [
    [
      t('fact_state'),
      <StateLabel key="state" kind={reachable ? linkShapes[link.state] : 'unknown'}>
        {t(`linkState_${link.state}`)}
      </StateLabel>,
    ],
    ...(link.error === null ? [] : [[t('cause'), <Wrapped key="error" text={link.error} />] as const]),
    ...(link.sinceMs === null ? [] : [[t('connectedSince'), formatTime(link.sinceMs)] as const]),
    [t('broker'), <Path key="broker" text={status.broker ?? '–'} />],
    [t('prefix'), <Path key="prefix" text={status.prefix} />],
    [t('messages'), t('sentReceived', { sent: formatCount(messages.sent), received: formatCount(messages.received) })],
    ...(refused === 0 ? [] : [[t('refused'), <Wrapped key="refused" text={listed(messages.refused)} />] as const]),
    [t('unsent'), formatBytes(link.unsentBytes)],
    [t('outbox'), t('outboxWords', { count: outbox.messages, bytes: formatBytes(outbox.bytes) })],
    [t('events'), t('eventsWords', { followed: formatCount(events.followed), offered: formatCount(events.offered) })],
    [
      t('eventsMissing'),
      <span key="missing" className={events.lost + events.dropped > 0 ? 'sb-warn' : undefined}>
        {t('eventsMissingWords', { lost: formatCount(events.lost), dropped: formatCount(events.dropped) })}
      </span>,
    ],
    [t('unsignedRole'), status.acceptUnsigned ? status.unsignedRole : t('unsignedNone')],
  ];
  return <KeyValues items={items} />;
}

function Hub({ hub }: { readonly hub: NonNullable<MqttStatus['hub']> }) {
  const { t } = useTranslation('nodes');
  const refused = sum(hub.refused);
  return (
    <KeyValues
      items={[
        [t('port'), hub.port ?? '–'],
        [t('hubClients'), formatCount(hub.clients)],
        [t('hubPublished'), formatCount(hub.published)],
        [t('hubRetained'), formatCount(hub.retained)],
        [t('unsent'), formatBytes(hub.unsentBytes)],
        ...(refused === 0 ? [] : [[t('refused'), <Wrapped key="refused" text={listed(hub.refused)} />] as const]),
        ...(hub.restarts === 0 ? [] : [[t('hubRestarts'), formatCount(hub.restarts)] as const]),
      ]}
    />
  );
}

function Clients({ clients }: { readonly clients: NodeStatus['clients'] }) {
  const { t } = useTranslation('nodes');
  const kinds = ['ipc', 'ws', 'cli', 'local'] as const;
  return <KeyValues items={kinds.map((kind) => [t(`client_${kind}`), formatCount(clients[kind])] as const)} />;
}

const listenerShapes: Record<NodeStatus['listeners'][number]['state'], StateKind> = {
  listening: 'online',
  off: 'offline',
  failed: 'failed',
};

function Listeners(props: { readonly listeners: NodeStatus['listeners']; readonly reachable: boolean }) {
  const { t } = useTranslation('nodes');
  if (props.listeners.length === 0) return <p className="sb-3">{t('noListeners')}</p>;
  return (
    <ul className="nd-listeners">
      {props.listeners.map(({ name, state, address, port, detail }) => (
        <li key={name}>
          <span className="sb-clip">{name}</span>
          <StateLabel kind={props.reachable ? listenerShapes[state] : 'unknown'}>{t(`listener_${state}`)}</StateLabel>
          <span className="sb-mono sb-clip sb-select">{address === null ? '–' : `${address}:${port}`}</span>
          {/* A listener that is well says no more than where it is. */}
          {detail !== null && state !== 'listening' && <span className="sb-3 nd-detail">{detail}</span>}
        </li>
      ))}
    </ul>
  );
}

/** A cause that needs more than one line. */
function Wrapped({ text }: { readonly text: string }) {
  return <span className="nd-wrap">{text}</span>;
}

function Path({ text }: { readonly text: string }) {
  return (
    <span className="sb-mono" title={text}>
      {text}
    </span>
  );
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, count) => all + count, 0);

/** `EXPIRED 3, REPLAYED 1` */
function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(', ');
}
