/**
 * A process that writes logs and states without end, to be killed in the middle of it: `node log-writer.ts FOLDER`. It says what is
 * acknowledged, and only then; what it opened and found is checked by whoever killed it.
 */
import { createLogStore, type LogImage } from '../../src/main/node/broker/log/index.ts';
import { createStateStore } from '../../src/main/node/broker/state/index.ts';
import { configurationOf, EntryMaker, groupA, groupB, persist, start } from './log-entries.ts';

/** What the writer says when it is on the disk. */
export type Acknowledged =
  | { readonly type: 'log'; readonly groupId: string; readonly index: number; readonly checksum: number }
  | { readonly type: 'compacted'; readonly groupId: string; readonly index: number };

const [folder = ''] = process.argv.slice(2);
const say = (acknowledged: Acknowledged) => process.send?.(acknowledged);
const nothing = () => undefined;
const logger = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing };
const log = createLogStore({ folder, brokerId: 'B-OWN01', resourcesPath: undefined, logger });
const state = createStateStore({ folder, resourcesPath: undefined, logger });
const { images } = await log.open();

async function open(groupId: string): Promise<LogImage> {
  const image = images.find((each) => each.groupId === groupId);
  if (image !== undefined) return image;
  await log.createGroup(groupId, configurationOf(groupId), start);
  return log.image(groupId);
}

/** Appends without end, many writes under way at once, of all sizes; applies and compacts now and then. */
async function work(groupId: string): Promise<void> {
  const { last } = await open(groupId);
  let { applied } = await state.open(groupId);
  const maker = new EntryMaker(last);
  for (let round = 0; ; round++) {
    await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const entry = maker.next(1, Buffer.alloc((round * 977 + at * 331) % 20_000, round));
        await log.write([{ groupId, persist: persist([entry]) }]);
        say({ type: 'log', groupId, index: entry.index, checksum: entry.checksum });
      }),
    );
    if (maker.last.index > applied.index) {
      applied = maker.last;
      await state.apply(groupId, [], applied);
    }
    if (round % 5 === 4) {
      const to = await state.sync(groupId);
      await log.compact(groupId, to);
      say({ type: 'compacted', groupId, index: to.index });
    }
  }
}

await Promise.all([work(groupA), work(groupB)]);
