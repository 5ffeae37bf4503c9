import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../helpers/free-port.ts';
import { endAll, programPath, spawnServer } from '../programs.ts';
import type { StartTunnel } from './systems.ts';

/** `ssh -R` to a server of its own on loopback, with keys made for it. Where it runs as root, `/run/sshd` is what sshd wants to be there. */
export const startSsh: StartTunnel = async (origin, folder) => {
  const [sshd, ssh, keygen] = await Promise.all([programPath('sshd'), programPath('ssh'), programPath('ssh-keygen')]);
  const own = join(folder, 'ssh');
  await mkdir(own, { mode: 0o700 });
  const hostKey = join(own, 'host-key');
  const userKey = join(own, 'user-key');
  for (const key of [hostKey, userKey]) await promisify(execFile)(keygen, ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const [port, publicPort] = await Promise.all([freePort(), freePort()]);
  const configuration = join(own, 'sshd_config');
  await writeFile(
    configuration,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${hostKey}
AuthorizedKeysFile ${userKey}.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxSessions 10
`,
  );
  const server = await spawnServer(sshd, ['-D', '-e', '-f', configuration], { ready: /Server listening/, folder: own });
  const client = await spawnServer(
    ssh,
    [
      ...['-v', '-N', '-F', 'none', '-p', `${port}`, '-i', userKey, '-R', `127.0.0.1:${publicPort}:127.0.0.1:${origin.port}`],
      ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ExitOnForwardFailure=yes', 'IdentitiesOnly=yes'].flatMap((o) => [
        '-o',
        o,
      ]),
      `${userInfo().username}@127.0.0.1`,
    ],
    { ready: /remote forward success/, folder: own },
  );
  const { stderr } = await promisify(execFile)(ssh, ['-V']);
  return {
    name: `ssh -R ${/OpenSSH_(\d+\.\d+)/.exec(stderr)?.[1] ?? 'of unknown version'}`,
    publicPort,
    host: 'localhost',
    gatewayPids: [server.pid ?? 0],
    agentPids: [client.pid ?? 0],
    stop: () => endAll([client, server]),
  };
};
