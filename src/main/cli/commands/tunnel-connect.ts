import { type Command, InvalidArgumentError } from 'commander';
import { tokenIdPattern } from '../../../common/contract/tunnels.ts';
import { version } from '../../node/version.ts';
import type { CliIo } from '../io.ts';
import { Output } from '../output.ts';
import { accessOf, parseAgentId, type TunnelFlags, withSignInOptions, withTunnelOptions } from '../tunnel/options.ts';
import { readTokenSecret } from '../tunnel/secrets.ts';

interface ConnectFlags extends TunnelFlags {
  readonly gateway: string;
  readonly token: string;
  readonly id: string;
}

/** `signalbox tunnel connect`: resolves when the tunnel has ended. */
export function addTunnelConnectCommand(tunnel: Command, io: CliIo): void {
  const connect = tunnel
    .command('connect')
    .description('expose a local service through a gateway from here, without a node, until Ctrl-C')
    .requiredOption('--gateway <url>', 'address of the gateway, wss://… or ws://…', parseGateway)
    .requiredOption('--token <id>', 'id of the token that was made at the gateway', parseToken)
    .requiredOption('--id <name>', 'name of the tunnel, the first part of its host name', parseAgentId);
  withSignInOptions(withTunnelOptions(connect))
    .option('--json', 'JSON for programs: one line an event')
    .action(async (options: ConnectFlags, command: Command) => {
      const out = new Output(io, command.optsWithGlobals<{ readonly json?: boolean }>().json === true);
      const { to, kind, hostHeader, publicPort, links } = options;
      const secret = await readTokenSecret(io, out, options);
      const access = await accessOf(io, options, true);
      // Loaded only here: the other commands need no agent.
      const { ForegroundAgent } = await import('../tunnel/foreground-agent.ts');
      const agent = new ForegroundAgent({
        out,
        agent: {
          agentId: options.id,
          gateway: {
            url: options.gateway,
            tokenId: options.token,
            secret,
            legacy: options.legacy === true,
            verify: options.checkCertificate === true ? 'authority' : 'token',
          },
          kind,
          target: to,
          hostHeader,
          access,
          publicPort: publicPort ?? null,
          links,
          nodeId: undefined,
          software: `signalbox ${version}`,
        },
      });
      await runUntilStopped(agent, io, out);
    });
}

interface Stoppable {
  readonly failed: Promise<never>;
  readonly inFlight: number;
  start(): void;
  stop(drainMs?: number): Promise<void>;
}

/** Ctrl-C lets what is under way end; a second one does not. */
async function runUntilStopped(agent: Stoppable, io: CliIo, out: Output): Promise<void> {
  const signals = new StopSignals(io);
  try {
    agent.start();
    await Promise.race([signals.next(), agent.failed]);
    if (agent.inFlight > 0) out.note(`Waiting for ${agent.inFlight} under way. Ctrl-C again ends at once.`);
    await Promise.race([agent.stop(), signals.next()]);
  } finally {
    await agent.stop(0);
    signals.dispose();
  }
  if (out.json) out.jsonLine({ event: 'stopped' });
  else out.note('The tunnel has ended.');
}

/** SIGINT and SIGTERM, one after the other; a reader of the output that is gone counts as one. */
class StopSignals {
  readonly #io: CliIo;
  #count = 0;
  #taken = 0;
  #wake: (() => void) | undefined;
  readonly #onSignal = () => {
    this.#count++;
    this.#wake?.();
  };

  constructor(io: CliIo) {
    this.#io = io;
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
    io.stdout.once('error', this.#onSignal);
  }

  /** Resolves at the next one, also one that came before. */
  next(): Promise<void> {
    const wanted = ++this.#taken;
    return new Promise((resolve) => {
      const look = () => {
        if (this.#count >= wanted) resolve();
      };
      this.#wake = look;
      look();
    });
  }

  dispose(): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
    this.#io.stdout.off('error', this.#onSignal);
  }
}

/** `gateway.example:8080` alone is meant with TLS. @throws InvalidArgumentError */
export function parseGateway(text: string): string {
  const url = text.includes('://') ? text : `wss://${text}`;
  if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) throw new InvalidArgumentError('Give an address such as wss://gateway.example:8080.');
  return url;
}

/** @throws InvalidArgumentError */
export function parseToken(text: string): string {
  if (!tokenIdPattern.test(text)) throw new InvalidArgumentError('Give the id of a token: letters, digits, dots, hyphens, underscores.');
  return text;
}
