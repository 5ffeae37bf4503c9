/** Starts the first system's agent and gateway, in Python and written from the documents alone; ended with the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { on } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Tests with these programs are skipped where there is no Python. */
export const hasPython = spawnSync('python3', ['--version']).error === undefined;

/** What a program said: `event` and facts of it. */
export type Said = Readonly<Record<string, unknown>> & { readonly event: string };

export interface FirstSystemProgram {
  readonly child: ChildProcess;
  /** The next thing that it says of this kind; what it says before is passed over. @throws Error with its complaints when it has ended */
  next(event: string): Promise<Said>;
}

export interface FirstSystemGateway extends FirstSystemProgram {
  /** Where agents sign in. */
  readonly agentsUrl: string;
  /** Where clients come in. */
  readonly publicPort: number;
}

/** An agent that signs in at once. @param target `host:port` of the local service */
export function startFirstSystemAgent(options: {
  readonly gatewayUrl: string;
  readonly agentId: string;
  readonly token: string;
  readonly secret: string;
  readonly target: string;
}): FirstSystemProgram {
  const { gatewayUrl, agentId, token, secret, target } = options;
  return start('agent.py', [gatewayUrl, agentId, token, secret, target]);
}

/** A gateway on free ports. @param tls files of a certificate and its key; without them agents come over plain WebSocket */
export async function startFirstSystemGateway(
  token: string,
  secret: string,
  tls?: { readonly certificate: string; readonly key: string },
): Promise<FirstSystemGateway> {
  const program = start('gateway.py', [token, secret, ...(tls === undefined ? [] : [tls.certificate, tls.key])]);
  const { agents, clients } = await program.next('listening');
  return {
    ...program,
    agentsUrl: `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${agents}/tunnel`,
    publicPort: clients as number,
  };
}

function start(script: string, args: readonly string[]): FirstSystemProgram {
  const child = spawn('python3', ['-B', join(import.meta.dirname, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  // Kept from the first moment on: what is said while nobody asks is not lost.
  const lines = on(createInterface({ input: child.stdout }), 'line', { close: ['close'] });
  return {
    child,
    next: async (event) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`${script} ended: ${complaints}`);
        const said = JSON.parse((value as [string])[0]) as Said;
        if (said.event === event) return said;
      }
    },
  };
}
