import type { Answer } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import type { Handler } from './context.ts';
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
