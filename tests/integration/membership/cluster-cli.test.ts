/** Clusters from the command line, with nodes in processes of their own. */
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { type HeadlessNode, runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

async function start(folder: string, name: string, port = 0): Promise<HeadlessNode> {
  const node = await startHeadless(folder, ['--no-console', '--set', `node.name=${name}`, '--set', `links.port=${port}`]);
  onTestFinished(() => void node.child.kill('SIGKILL'));
  return node;
}

async function kill({ child }: HeadlessNode): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const cluster = (folder: string, ...args: readonly string[]) => runCommand(['cluster', ...args, '--data', folder]);

async function members(folder: string): Promise<string[]> {
  const { stdout } = await cluster(folder, 'members', '--json');
  return (JSON.parse(stdout) as ResultOf<'membership.members'>).members.map(({ name, state }) => `${name} ${state}`);
}

test('create, invite, join, members; a kill of both forgets nothing; revoke asks before it acts', { timeout: 120_000 }, async () => {
  const [hubFolder, pressFolder] = [await temporaryFolder(), await temporaryFolder()];
  const hub = await start(hubFolder, 'hub-01');
  const press = await start(pressFolder, 'press-07');
  const created = await cluster(hubFolder, 'create', 'North yard');
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 1 [a-z]+ .*\n.*\n.*\n19 .*24 [a-z]+/) });
  const invited = await cluster(hubFolder, 'invite', '--roles', 'peer,operator', '--minutes', '5');
  const [, code = '', address = ''] = /cluster join ((?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}) --at (127\.0\.0\.1:\d+)/.exec(invited.stdout) ?? [];
  const joined = await cluster(pressFolder, 'join', code.toLowerCase(), '--at', address);
  expect(joined).toMatchObject({ code: 0, stdout: 'Joined the cluster North yard with 2 members.\n' });
  await expect.poll(() => members(hubFolder), { timeout: 30_000 }).toEqual(['hub-01 self', 'press-07 linked']);

  await Promise.all([kill(hub), kill(press)]);
  await start(hubFolder, 'hub-01', Number(address.split(':')[1]));
  await start(pressFolder, 'press-07');
  await expect.poll(() => members(pressFolder), { timeout: 30_000 }).toEqual(['hub-01 linked', 'press-07 self']);
  const shown = await runCommand(['identity', 'show', '--data', pressFolder]);
  expect(shown.stdout).toMatch(/^fingerprint +([a-z]+ ){7}[a-z]+$/m);
  expect(shown.stdout).toContain('North yard (2 members, 1 linked)');
  const table = await cluster(hubFolder, 'members');
  expect(table.stdout).toMatch(/^press-07 +linked.* +peer, operator .* n1[a-z2-7]{52} +([a-z]+ ){7}[a-z]+$/m);

  expect(await cluster(hubFolder, 'revoke', 'press-07')).toMatchObject({ code: 2, stderr: expect.stringContaining('was not removed') });
  expect(await cluster(hubFolder, 'revoke', 'press-07', '--yes')).toMatchObject({ code: 0 });
  const refused = await runCommand(['identity', 'show', '--data', pressFolder]);
  expect(refused.stderr).toMatch(/^REVOKED: .* was removed from the cluster by hub-01 on \d{4}-\d\d-\d\d\.$/m);
  const audit = await runCommand(['audit', '--json', '--act', 'membership', '--data', hubFolder]);
  expect(audit.stdout).toContain('membership.revoke');
  expect(audit.stdout + (await runCommand(['audit', '--json', '--data', pressFolder])).stdout).not.toContain(code);
});
