/** Clusters from the command line, with nodes in processes of their own. */
import { expect, test } from 'vitest';
import { runCommand } from '../../helpers/headless-node.ts';
import { killMemberProcess, memberStatesAt, runClusterCommand, startMemberProcess } from '../../helpers/member-processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

test('create, invite, join, members; a kill of both forgets nothing; revoke asks before it acts', async () => {
  const [hubFolder, pressFolder] = [await temporaryFolder(), await temporaryFolder()];
  const hub = await startMemberProcess(hubFolder, 'hub-01');
  const press = await startMemberProcess(pressFolder, 'press-07');
  const created = await runClusterCommand(hubFolder, 'create', 'North yard');
  expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/ 1 [a-z]+ .*\n.*\n.*\n19 .*24 [a-z]+/) });
  const invited = await runClusterCommand(hubFolder, 'invite', '--roles', 'peer,operator', '--minutes', '5');
  const [, code = '', address = ''] = /cluster join ((?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}) --at (127\.0\.0\.1:\d+)/.exec(invited.stdout) ?? [];
  const joined = await runClusterCommand(pressFolder, 'join', code.toLowerCase(), '--at', address);
  expect(joined).toMatchObject({ code: 0, stdout: 'Joined the cluster North yard with 2 members.\n' });
  await expect.poll(() => memberStatesAt(hubFolder)).toEqual(['hub-01 self', 'press-07 linked']);

  await Promise.all([killMemberProcess(hub), killMemberProcess(press)]);
  await startMemberProcess(hubFolder, 'hub-01', Number(address.split(':')[1]));
  await startMemberProcess(pressFolder, 'press-07');
  await expect.poll(() => memberStatesAt(pressFolder)).toEqual(['hub-01 linked', 'press-07 self']);
  const shown = await runCommand(['identity', 'show', '--data', pressFolder]);
  expect(shown.stdout).toMatch(/^fingerprint +([a-z]+ ){7}[a-z]+$/m);
  expect(shown.stdout).toContain('North yard (2 members, 1 linked)');
  const table = await runClusterCommand(hubFolder, 'members');
  expect(table.stdout).toMatch(/^press-07 +linked.* +peer, operator .* n1[a-z2-7]{52} +([a-z]+ ){7}[a-z]+$/m);

  expect(await runClusterCommand(hubFolder, 'revoke', 'press-07')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('was not removed'),
  });
  expect(await runClusterCommand(hubFolder, 'revoke', 'press-07', '--yes')).toMatchObject({ code: 0 });
  const refused = await runCommand(['identity', 'show', '--data', pressFolder]);
  expect(refused.stderr).toMatch(/^REVOKED: .* was removed from the cluster by hub-01 on \d{4}-\d\d-\d\d\.$/m);
  const audit = await runCommand(['audit', '--json', '--act', 'membership', '--data', hubFolder]);
  expect(audit.stdout).toContain('membership.revoke');
  expect(audit.stdout + (await runCommand(['audit', '--json', '--data', pressFolder])).stdout).not.toContain(code);
});
