/** Marks in JSON text: what is not JSON, and faults that somebody else found by JSON pointer. */
import { type Diagnostic, linter } from '@codemirror/lint';
import { type Extension, StateEffect } from '@codemirror/state';
import { jsonRanges, rangeForPointer } from './json-ranges.ts';
import { type JsonFault, jsonSyntaxError } from './json-syntax.ts';

export interface JsonProblem {
  /** JSON pointer of the value. */
  readonly pointer: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface LintOptions {
  readonly problems: readonly JsonProblem[];
  /** A fault of the text in words. */
  readonly describeFault: (fault: JsonFault) => string;
}

/** Tells the editor that the problems it is given have changed. */
export const problemsChanged = StateEffect.define<null>();

/** Where each problem is marked. Faults of the text come alone: nothing else can be placed until they are gone. */
export function diagnosticsOf(text: string, { problems, describeFault }: LintOptions): Diagnostic[] {
  const broken = jsonSyntaxError(text);
  if (broken?.fault === 'empty') return [];
  if (broken !== undefined) return [{ from: broken.from, to: broken.to, severity: 'error', message: describeFault(broken.fault) }];
  const ranges = jsonRanges(text);
  return problems.map(({ pointer, message, severity }) => ({ ...rangeForPointer(text, pointer, ranges), severity, message }));
}

/** The linter of the editor. `read` gives the problems of now. */
export function jsonLinter(read: () => LintOptions): Extension {
  return linter((view) => diagnosticsOf(view.state.doc.toString(), read()), {
    delay: 250,
    needsRefresh: (update) => update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(problemsChanged))),
  });
}
