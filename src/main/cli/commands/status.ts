import type { Command } from 'commander';
import type { NodeStatus } from '../../../common/contract/node.ts';
import { shortNodeId } from '../../../common/ids.ts';
import { contextOf, withCommonOptions } from '../command-context.ts';
import type { CliIo } from '../io.ts';
import { formatDuration, formatTime, type Output } from '../output.ts';

/** `signalbox status` */
export function addStatusCommand(program: Command, io: CliIo): void {
  withCommonOptions(program.command('status'))
    .description('show name, health, problems, listeners, clients and traffic of the node')
    .action(async (_options: unknown, command: Command) => {
      const { out, withNode } = contextOf(command, io);
      const status = await withNode((client, signal) => client.call('node.status', {}, { signal }));
      if (out.json) out.jsonLine(status);
      else print(out, status);
    });
}

function print(out: Output, status: NodeStatus): void {
  const { rpc, events, clients } = status;
  const times = rpc.p95Ms === null ? '' : `, p95 ${rpc.p95Ms.toFixed(1)} ms`;
  out.fields([
    ['node', `${status.name} (${shortNodeId(status.nodeId)})`],
    ['state', status.state],
    ['version', status.version],
    ['mode', status.mode],
    ['up', `${formatDuration(status.uptimeMs)}, since ${formatTime(status.startedAt)}`],
    ['data', status.dataFolder],
    ['clients', `${clients.ws} browser or program, ${clients.cli} command line, ${clients.ipc} window`],
    ['calls', `${rpc.total}, ${rpc.errors} failed, ${rpc.inFlight} running${times}`],
    ['events', `${events.published} published, ${events.delivered} delivered, ${events.dropped} dropped`],
  ]);
  if (status.listeners.length > 0) {
    out.line();
    out.table(
      ['listener', 'state', 'address', 'port', 'detail'],
      status.listeners.map(({ name, state, address, port, detail }) => [name, state, address, port, detail]),
    );
  }
  for (const { name, tls } of status.listeners) {
    if (tls === undefined) continue;
    out.line();
    out.fields([
      ['certificate', `${name}, ${tls.source === 'own' ? 'the node’s own' : 'from files'}, until ${formatTime(tls.validUntilMs)}`],
      ['fingerprint', `${tls.fingerprint} (public key)`],
      ['', `${tls.certificateFingerprint} (certificate)`],
    ]);
  }
  for (const problem of status.problems) {
    out.line();
    out.line(`${problem.severity}: ${problem.title}`);
    out.line(`  ${problem.detail}`);
  }
}
