import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Answer } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import type { Handler } from './context.ts';
import { findGroup } from './queue-lookup.ts';
import { internalRefusal, refusalOf } from './refusals.ts';

/** Answers with what a promise brings. */
function answerWith(call: Call, running: Promise<Answer>): void {
  running.then(
    (answer) => call.answer(answer),
    (error: unknown) => call.refuse(refusalOf(error) ?? internalRefusal),
  );
}

/** `GROUP_CREATE`: a group whose only replica is this broker. */
export const createGroup: Handler<'GROUP_CREATE'> = ({ engine }, _operation, call) => {
  answerWith(
    call,
    engine.createGroup().then((groupId) => ({ fields: { cluster_id: groupId } })),
  );
};

/** `BACKUP`: a copy of a group in a file on the machine of the broker, made while it goes on. */
export const backup: Handler<'BACKUP'> = ({ engine, backupFolder }, { cluster_id: groupId, file }, call) => {
  const group = findGroup(engine, groupId);
  const path = file === undefined ? join(backupFolder, `${groupId}-${stamp(new Date())}.sgbxq`) : resolve(file);
  const write = async (): Promise<Answer> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const { sizeBytes, sha256, position } = await group.backup(path);
    return { fields: { file: path, size_bytes: sizeBytes, sha256, index: position.index } };
  };
  answerWith(call, write());
};

/** `RESTORE`: a new group with what a backup holds. */
export const restore: Handler<'RESTORE'> = ({ engine }, { file }, call) => {
  engine.requireOpen();
  const begin = async (): Promise<Answer> => {
    const { groupId, driver } = await engine.restore(resolve(file));
    const queues = driver.machine.queues();
    return {
      fields: { cluster_id: groupId, queues: queues.length, messages: queues.reduce((sum, { messages }) => sum + messages, 0) },
    };
  };
  answerWith(call, begin());
};

/** `2026-11-21T20-59-03-120Z`: a time that a file may be called by. */
function stamp(date: Date): string {
  return date.toISOString().replaceAll(/[:.]/g, '-');
}
