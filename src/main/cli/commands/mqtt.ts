import type { Command } from 'commander';
import type { MqttStatus } from '../../../common/contract/mqtt.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatTime, type Output } from '../output.ts';

/** `signalbox mqtt status` */
export function addMqttCommand(program: Command, io: CliIo): void {
  const mqtt = program.command('mqtt').description('the connection to the MQTT broker that joins the nodes');
  withCommonOptions(mqtt.command('status'))
    .description('show broker, connection, and what passes over it')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const status = await withNode((client, signal) => client.call('mqtt.status', {}, { signal }));
      if (out.json) out.jsonLine(status);
      else print(out, status);
    });
}

function print(out: Output, status: MqttStatus): void {
  const { link, messages, calls, events, outbox, hub } = status;
  if (status.mode === 'off') {
    out.line('Federation is off. Turn it on with: signalbox config set federation.mode=hub (or external)');
    return;
  }
  out.fields([
    ['mode', status.mode],
    ['broker', status.broker],
    ['prefix', status.prefix],
    ['connection', connection(link)],
    ...(link.certificate === null ? [] : certificate(link.certificate)),
    ['unsigned', status.acceptUnsigned ? `accepted; whoever sends them is at most ${status.unsignedRole}` : 'refused'],
    ['messages', `${messages.sent} sent, ${messages.received} received, ${sum(messages.refused)} refused${reasons(messages.refused)}`],
    ['calls', `${calls.pending} wait for other nodes, ${calls.running} of ${calls.clients} other nodes run here`],
    [
      'events',
      `${events.followed} topics followed, ${events.offered} offered, ${events.relayed} sent, ${events.dropped} dropped, ${events.lost} lost`,
    ],
    ['outbox', `${outbox.messages} messages, ${outbox.bytes} bytes, ${outbox.dropped} dropped`],
  ]);
  if (hub === null) return;
  out.line();
  out.fields([
    ['hub port', hub.port],
    ['clients', hub.clients],
    ['published', hub.published],
    ['unsent', `${hub.unsentBytes} bytes`],
    ['retained', hub.retained],
    ['restarts', hub.restarts],
    ['refused', `${sum(hub.refused)}${reasons(hub.refused)}`],
  ]);
}

function connection(link: MqttStatus['link']): string {
  if (link.state === 'connected') return `connected since ${formatTime(link.sinceMs)}`;
  if (link.state === 'waiting') return `none: ${link.error}; next attempt within ${link.retryInMs} ms`;
  return link.state;
}

const checks: Readonly<Record<NonNullable<MqttStatus['link']['certificate']>['check'], string>> = {
  chain: 'no known authority vouches for it',
  name: 'it is for another name',
  expiry: 'its dates do not fit the clock of the node',
  pin: 'it is not the pinned one',
};

function certificate({ check, shown, expected }: NonNullable<MqttStatus['link']['certificate']>): [string, string][] {
  return [
    ['certificate', `refused: ${checks[check]} (${check})`],
    ['  shown', shown],
    ...(expected === null ? [] : [['  pinned', expected] as [string, string]]),
  ];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
