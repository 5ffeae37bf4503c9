/** What a broker's stores acknowledged is there after kill -9 and after a power cut, wherever in their work it struck. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { groupA, groupB, logStore } from '../../helpers/log-store.ts';
import type { Acknowledged } from '../../helpers/log-writer.ts';
import { stateStore } from '../../helpers/state-store.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { compileShim, LyingDisk } from './lying-disk.ts';

const writer = join(import.meta.dirname, '../../helpers/log-writer.ts');
const rounds = 8;

// Before the tests, one of which is passed over where there is no compiler.
const shimFolder = await mkdtemp(join(tmpdir(), 'signalbox-shim-'));
const shim = await compileShim(shimFolder);
afterAll(() => rm(shimFolder, { recursive: true }));

/** Lets a writer work until it has acknowledged so much, and kills it. */
async function writeAndKill(
  folder: string,
  acknowledgements: number,
  environment: NodeJS.ProcessEnv = {},
): Promise<readonly Acknowledged[]> {
  const child = fork(writer, [folder], {
    execArgv: [],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: Acknowledged[] = [];
  const gone = once(child, 'exit');
  await Promise.race([
    gone,
    new Promise<void>((resolve) =>
      child.on('message', (acknowledged) => {
        said.push(acknowledged as Acknowledged);
        if (said.length === acknowledgements) resolve();
      }),
    ),
  ]);
  child.kill('SIGKILL');
  await gone;
  expect(said.length).toBeGreaterThanOrEqual(acknowledgements);
  return said;
}

async function check(folder: string, said: readonly Acknowledged[]): Promise<void> {
  const { store: log } = logStore(folder);
  const state = stateStore(folder);
  const { images, damaged } = await log.open();
  expect(damaged).toEqual([]);
  for (const groupId of [groupA, groupB]) {
    const of = said.filter((acknowledged) => acknowledged.groupId === groupId);
    const image = images.find((each) => each.groupId === groupId);
    if (image === undefined) {
      expect(of).toEqual([]);
      continue;
    }
    expect(image.impaired).toBe(false);
    const checksums = new Map((await log.read(groupId, 0, 1_000_000_000)).map(({ index, checksum }) => [index, checksum]));
    for (const { type, index, ...rest } of of) {
      if (type === 'compacted') expect(image.compacted.index).toBeGreaterThanOrEqual(index);
      else if (index > image.compacted.index) expect(checksums.get(index)).toBe('checksum' in rest && rest.checksum);
    }
    // What the log has no more, the state has.
    const { applied } = await state.open(groupId);
    expect(applied.index).toBeGreaterThanOrEqual(image.compacted.index);
    expect(applied.index).toBeLessThanOrEqual(image.last.index);
    if (applied.index > image.compacted.index) expect(checksums.get(applied.index)).toBe(applied.checksum);
    else expect(applied).toEqual(image.compacted);
  }
  await log.close();
  await state.close();
}

test('kill -9 at any moment of writing, applying and compacting loses nothing that was acknowledged', async () => {
  const folder = join(await temporaryFolder(), 'broker');
  for (let round = 0; round < rounds; round++) await check(folder, await writeAndKill(folder, 5 + ((round * 131) % 500)));
}, 180_000);

test.skipIf(shim === undefined)(
  'a power cut at any moment loses nothing that was acknowledged',
  async () => {
    const own = await temporaryFolder();
    const folder = join(own, 'broker');
    await mkdir(folder);
    const disk = new LyingDisk(shim ?? '', folder, own);
    await disk.begin();
    let lostBytes = 0;
    for (let round = 0; round < rounds; round++) {
      const said = await writeAndKill(folder, 5 + ((round * 131) % 500), disk.environment());
      lostBytes += await disk.loseUnflushed();
      await check(folder, said);
    }
    // Else nothing was tried.
    expect(lostBytes).toBeGreaterThan(0);
  },
  180_000,
);
