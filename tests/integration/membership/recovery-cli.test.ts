/** What is done on the command line when machines are lost, or many are set up at once; nodes in processes of their own. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { killMemberProcess, memberStatesAt, runClusterCommand, startMemberProcess } from '../../helpers/member-processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const passphrase = 'four words of a person';
const waiting = { interval: 250 };

test('an invite file, a lost admin, the recovery words, and the lost one restored from its backup', { timeout: 240_000 }, async () => {
  const parent = await temporaryFolder();
  const folders = { hub: join(parent, 'hub'), press: join(parent, 'press'), restored: join(parent, 'restored') };
  const hub = await startMemberProcess(folders.hub, 'hub-01');
  await startMemberProcess(folders.press, 'press-07');
  const created = JSON.parse(
    (await runClusterCommand(folders.hub, 'create', 'North yard', '--json')).stdout,
  ) as ResultOf<'membership.create'>;

  const invite = join(parent, 'invite.json');
  const written = await runClusterCommand(folders.hub, 'invite', '--file', invite, '--uses', '2', '--roles', 'peer,operator');
  expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining('is good for 2 nodes, until ') });
  expect((await stat(invite)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(invite, 'utf8'))).toMatchObject({
    cluster: { name: 'North yard' },
    uses: 2,
    roles: ['peer', 'operator'],
  });
  expect(await runClusterCommand(folders.hub, 'invite', '--file', invite)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('already'),
  });
  expect(await runClusterCommand(folders.press, 'join', invite)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Joined the cluster'),
  });
  await expect.poll(() => memberStatesAt(folders.press), waiting).toEqual(['hub-01 linked', 'press-07 self']);

  const file = join(parent, 'hub.backup');
  const backup = (input: string) => runCommand(['identity', 'backup', file, '--data', folders.hub], { input });
  expect(await backup('short\n')).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 12 characters') });
  expect(await backup(`${passphrase}\n`)).toMatchObject({ code: 0 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const { nodeId } = JSON.parse((await runCommand(['identity', 'show', '--json', '--data', folders.hub])).stdout) as { nodeId: string };
  await killMemberProcess(hub);

  // The only admin is lost: the words make another, and are never on the command line.
  const recover = (words: readonly string[]) =>
    runCommand(['cluster', 'recover', '--data', folders.press], { input: `${words.join(' ')}\n` });
  expect(await recover(created.recoveryWords.slice(1))).toMatchObject({ code: 2, stderr: expect.stringContaining('There are 23 words') });
  expect(await recover([...created.recoveryWords.slice(1), 'zzzz'])).toMatchObject({ code: 1, stderr: expect.stringContaining('word 24') });
  expect(await recover(created.recoveryWords)).toMatchObject({ code: 0, stdout: 'press-07 is an admin now: peer, operator, admin.\n' });
  expect(await recover(created.recoveryWords)).toMatchObject({ code: 1, stderr: expect.stringContaining('CONFLICT') });
  const audit = await runCommand(['audit', '--json', '--data', folders.press]);
  for (const word of created.recoveryWords.slice(0, 4)) expect(audit.stdout).not.toContain(`"${word}"`);

  // On another machine: the same node, with everything it needs to be found again.
  const restore = (input: string, folder: string) => runCommand(['identity', 'restore', file, '--data', folder], { input });
  expect(await restore('another passphrase\n', folders.restored)).toMatchObject({ code: 1, stderr: expect.stringContaining('DECRYPT') });
  expect(await restore(`${passphrase}\n`, folders.press)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });
  expect(await restore(`${passphrase}\n`, folders.restored)).toMatchObject({ code: 0, stdout: expect.stringContaining(nodeId) });
  await startHeadless(folders.restored, ['--no-console', '--set', 'links.port=0']).then(({ child }) =>
    onTestFinished(() => void child.kill('SIGKILL')),
  );
  await expect.poll(() => memberStatesAt(folders.press), waiting).toEqual(['hub-01 linked', 'press-07 self']);
  expect((await runCommand(['identity', 'show', '--data', folders.restored])).stdout).toMatch(/roles +peer, viewer, operator, admin/);

  // It is given the group key, and leads to the next one.
  expect(await runClusterCommand(folders.restored, 'rotate')).toMatchObject({ code: 0, stdout: expect.stringContaining('Group key 2') });
  const rotation = async () =>
    JSON.parse((await runClusterCommand(folders.press, 'rotation', '--json')).stdout) as ResultOf<'membership.rotation'>;
  await expect.poll(rotation, waiting).toMatchObject({ epoch: 2, state: 'idle' });
  expect(await runClusterCommand(folders.restored, 'rotate', '--skip', 'press-07')).toMatchObject({
    stdout: 'Nobody waits for press-07.\n',
  });
});
