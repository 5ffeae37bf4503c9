import type { Group } from '../../engine/group.ts';
import { encodeCommand } from '../../machine/index.ts';
import type { Command, CommandResult } from '../../machine/types.ts';
import type { Answer } from '../../protocol/index.ts';
import type { Call } from './call.ts';
import { notDone } from './refusals.ts';

/** Place of the entry that did it. */
export interface Place {
  readonly index: number;
  readonly term: number;
}

type Done = Exclude<CommandResult, { readonly ok: false }>;

/**
 * Brings a command into the log of a group and answers with what became of it; refusals are answered here.
 *
 * @param answerOf undefined: it has answered, or will
 */
export function runCommand(group: Group, call: Call, command: Command, answerOf: (result: Done, place: Place) => Answer | undefined): void {
  group.driver.propose(encodeCommand(command), (outcome) => {
    if (!outcome.ok) {
      call.refuse(notDone(group, outcome.code));
      return;
    }
    const { result, index, term } = outcome;
    if (!result.ok) {
      call.refuse({ code: result.code, message: result.message, executed: 'no' });
      return;
    }
    const answer = answerOf(result, { index, term });
    if (answer !== undefined) call.answer(answer);
  });
}
