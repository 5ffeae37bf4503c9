/** Addresses that the window opens in the system's browser: what a person is asked, their answer, what is opened then. */
import type { ElectronApplication } from '@playwright/test';

/** What the shell asked, as far as a person goes by it. */
export interface OutsideQuestion {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
  /** The button that Enter presses, and that of Escape. */
  readonly defaultId: number;
  readonly cancelId: number;
  /** It stands in front of the window. */
  readonly hasParent: boolean;
}

interface Outside {
  readonly questions: OutsideQuestion[];
  readonly opened: string[];
  answer: 'open' | 'cancel' | 'none';
}

export interface OutsideLinks {
  /** @param answer of the person from now on; `none`: the question stays open */
  answerWith(answer: Outside['answer']): Promise<void>;
  questions(): Promise<readonly OutsideQuestion[]>;
  opened(): Promise<readonly string[]>;
}

/** Takes the place of the person and of the system's browser, in the main process. */
export async function watchOutsideLinks(electron: ElectronApplication): Promise<OutsideLinks> {
  await electron.evaluate(({ dialog, shell }) => {
    const outside: Outside = { questions: [], opened: [], answer: 'cancel' };
    Object.assign(globalThis, { outside });
    Object.assign(dialog, {
      showMessageBox: (...given: readonly unknown[]) => {
        const { message, detail, buttons, defaultId, cancelId } = given.at(-1) as OutsideQuestion;
        outside.questions.push({ message, detail, buttons, defaultId, cancelId, hasParent: given.length === 2 });
        if (outside.answer === 'none') return new Promise(() => undefined);
        const title = outside.answer === 'open' ? 'Open in browser' : 'Cancel';
        return Promise.resolve({ response: buttons.indexOf(title), checkboxChecked: false });
      },
    });
    Object.assign(shell, {
      openExternal: (href: string) => {
        outside.opened.push(href);
        return Promise.resolve();
      },
    });
  });
  const read = () => electron.evaluate(() => (globalThis as unknown as { outside: Outside }).outside);
  return {
    answerWith: (answer) =>
      electron.evaluate((_electron, next) => {
        (globalThis as unknown as { outside: Outside }).outside.answer = next;
      }, answer),
    questions: async () => (await read()).questions,
    opened: async () => (await read()).opened,
  };
}
