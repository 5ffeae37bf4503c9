import { Command, CommanderError } from 'commander';
import { SignalboxError, toErrorShape } from '../../common/errors.ts';
import { DamagedFileError } from '../node/damaged-file-error.ts';
import { version } from '../node/version.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addBrokerCommand } from './commands/broker.ts';
import { addCallCommand, addHelpCommand } from './commands/call.ts';
import { addCheckCommand } from './commands/check.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addGatewayCommand } from './commands/gateway.ts';
import { addIdentityCommand } from './commands/identity.ts';
import { addLedgerCommand } from './commands/ledger.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addClusterCommand } from './commands/membership.ts';
import { addMqttCommand } from './commands/mqtt.ts';
import { addNodesCommand } from './commands/nodes.ts';
import { addPeersCommand } from './commands/peers.ts';
import { addQueueCommand } from './commands/queue.ts';
import { addRescueCommand } from './commands/rescue.ts';
import { addSelfTestCommand } from './commands/self-test.ts';
import { addStartCommand } from './commands/start.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStoreCommand } from './commands/store.ts';
import { addSubscribeCommand } from './commands/subscribe.ts';
import { addTunnelCommand } from './commands/tunnel.ts';
import { addUsersCommand } from './commands/users.ts';
import { exitCodeMeanings, exitCodeOf, exitCodes, Interrupted, UsageError } from './exit-codes.ts';
import { type CliIo, processIo } from './io.ts';
import { Output } from './output.ts';

/** Words that name a command; anything else on a command line is not for `runCli`. */
export const cliCommands: readonly string[] = [
  'start',
  'status',
  'check',
  'call',
  'subscribe',
  'nodes',
  'peers',
  'cluster',
  'identity',
  'queue',
  'broker',
  'store',
  'mqtt',
  'tunnel',
  'gateway',
  'demo',
  'users',
  'config',
  'audit',
  'ledger',
  'logs',
  'rescue',
  'self-test',
  'completion',
  'help',
];

/**
 * Runs one command line.
 *
 * @param argv the words after the program's name
 * @param io where to read from and write to; the process by default
 * @returns the exit code (see `exit-codes.ts`)
 */
export async function runCli(argv: readonly string[], io: CliIo = processIo()): Promise<number> {
  ignoreClosedPipe(io);
  let exitCode: number = exitCodes.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed help, version or its own complaint already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    report(error, new Output(io, argv.includes('--json')));
    return exitCodeOf(error);
  }
}

/** A reader that has enough (`| head`) is no fault; without a listener the process would end with a stack trace. */
function ignoreClosedPipe(io: CliIo): void {
  for (const stream of [io.stdout, io.stderr]) {
    if (stream.listeners('error').includes(ignoreEpipe)) continue;
    stream.on('error', ignoreEpipe);
  }
}

function ignoreEpipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function createProgram(io: CliIo, setExitCode: (code: number) => void): Command {
  const program = new Command('signalbox')
    .description('A control centre for clusters of nodes: runs a node here, or talks to a running one.')
    .version(version)
    .showHelpAfterError('See signalbox --help.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .addHelpText('after', `\nExit codes:\n${exitCodeHelp()}`);
  addStartCommand(program, io);
  addStatusCommand(program, io);
  addCheckCommand(program, io, setExitCode);
  addCallCommand(program, io, setExitCode);
  addSubscribeCommand(program, io);
  addNodesCommand(program, io, setExitCode);
  addPeersCommand(program, io);
  addClusterCommand(program, io);
  addIdentityCommand(program, io);
  addQueueCommand(program, io, setExitCode);
  addBrokerCommand(program, io, setExitCode);
  addStoreCommand(program, io);
  addMqttCommand(program, io);
  addTunnelCommand(program, io, setExitCode);
  addGatewayCommand(program, io);
  addDemoCommand(program, io);
  addUsersCommand(program, io);
  addConfigCommand(program, io, setExitCode);
  addAuditCommand(program, io);
  addLedgerCommand(program, io, setExitCode);
  addLogsCommand(program, io);
  addRescueCommand(program, io, setExitCode);
  addSelfTestCommand(program, io, setExitCode);
  addCompletionCommand(program, io);
  addHelpCommand(program, io);
  return program;
}

function exitCodeHelp(): string {
  return Object.entries(exitCodes)
    .map(([name, code]) => `  ${String(code).padStart(3)}  ${exitCodeMeanings[name as keyof typeof exitCodes]}`)
    .join('\n');
}

function report(error: unknown, out: Output): void {
  // Ctrl-C needs no word.
  if (error instanceof Interrupted) return;
  if (error instanceof SignalboxError) {
    out.error(error);
    if (error instanceof DamagedFileError && !out.json) out.note('See what is there with: signalbox rescue inspect');
    return;
  }
  if (error instanceof UsageError) {
    out.error(error);
    return;
  }
  // A fault of the command itself: what it is matters more than a calm sentence.
  out.note(error instanceof Error ? (error.stack ?? error.message) : toErrorShape(error).message);
}
