import type { MqttStatus, mqttContract } from '../../../common/contract/mqtt.ts';
import type { Config } from '../config/index.ts';
import type { EmbeddedHub, Federation, LinkState } from '../federation/index.ts';
import type { Handlers } from '../router/index.ts';

export interface MqttServiceOptions {
  readonly config: Config;
  readonly federation: Federation;
  readonly hub: EmbeddedHub | undefined;
}

/** The connection to the MQTT broker and what passes over it. */
export function createMqttService({ config, federation, hub }: MqttServiceOptions): Handlers<keyof typeof mqttContract> {
  return {
    'mqtt.status': async () => {
      const mode = config.get('federation.mode');
      return {
        mode,
        broker:
          mode === 'off'
            ? null
            : mode === 'hub'
              ? `mqtt://${config.get('federation.host')}:${hub?.port ?? config.get('federation.port')}`
              : config.get('federation.brokerUrl'),
        prefix: config.get('federation.prefix'),
        acceptUnsigned: federation.acceptsUnsigned,
        unsignedRole: config.get('federation.unsignedRole'),
        link: linkOf(federation),
        epoch: federation.presence.epoch,
        ...traffic(federation),
        hub: await hubOf(hub),
      };
    },
  };
}

function linkOf({ link }: Federation): MqttStatus['link'] {
  const state: LinkState = link.state;
  return {
    state: state.kind,
    sinceMs: state.kind === 'connected' ? state.sinceMs : null,
    attempt: state.kind === 'connecting' || state.kind === 'waiting' ? state.attempt : null,
    retryInMs: state.kind === 'waiting' ? state.retryInMs : null,
    error: state.kind === 'waiting' ? state.error : null,
    certificate: certificateOf(state),
    unsentBytes: link.unsentBytes,
  };
}

function certificateOf(state: LinkState): MqttStatus['link']['certificate'] {
  if (state.kind !== 'waiting' || state.certificate === undefined) return null;
  const { check, shown, expected } = state.certificate;
  return { check, shown, expected };
}

function traffic(federation: Federation): Pick<MqttStatus, 'messages' | 'calls' | 'events' | 'outbox'> {
  const { metrics, gateway, clients, relay, link } = federation;
  return {
    messages: { sent: metrics.sentMessages, received: metrics.receivedMessages, refused: { ...metrics.refused } },
    calls: { pending: gateway.pending.size, running: clients.running, clients: clients.size },
    events: {
      followed: gateway.subscriptions.size,
      offered: relay.filters,
      relayed: relay.relayed,
      dropped: relay.dropped,
      lost: gateway.subscriptions.lost,
    },
    outbox: { messages: link.outbox.size, bytes: link.outbox.bytes, dropped: link.outbox.dropped },
  };
}

async function hubOf(hub: EmbeddedHub | undefined): Promise<MqttStatus['hub']> {
  if (hub === undefined) return null;
  const sample = await hub.sample();
  return {
    port: hub.port ?? null,
    clients: sample?.clients ?? 0,
    published: sample?.published ?? 0,
    unsentBytes: sample?.unsentBytes ?? 0,
    retained: sample?.retained ?? 0,
    restarts: hub.restarts,
    refused: { ...sample?.refused },
  };
}
