import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching } from '@codemirror/language';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { cspNonce } from '../trusted-types.ts';
import { type CompletionOptions, leadsOn, schemaCompletion } from './code-editor-completion.ts';
import { propertyHints, variableMarks, variablesChanged } from './code-editor-hints.ts';
import { jsonLinter, type LintOptions, problemsChanged } from './code-editor-lint.ts';
import { codeEditorTheme } from './code-editor-theme.ts';
import { rangeForPointer } from './json-ranges.ts';

export interface CodeEditorProps extends CompletionOptions, LintOptions {
  /** For screen readers. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder: string;
  /** Which document this is: a new one starts with an empty undo history. */
  readonly documentId: string;
  /** Puts the cursor on the value at a pointer, each time another object is given. */
  readonly reveal?: { readonly pointer: string } | undefined;
}

const fromOutside = Annotation.define<boolean>();

/** Keys that belong to the console, or that would keep the focus in the editor. */
const ownKeys = new Set(['Mod-Enter', 'Mod-k', 'Ctrl-k', 'Mod-/', 'Alt-A']);
const keys = [...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap].filter(
  ({ key }) => key === undefined || !ownKeys.has(key),
);

/** A JSON editor with completion from a schema. Large: load it lazily. Tab leaves it, as every field. */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { documentId, label } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another document is another editor
  useEffect(() => {
    if (host.current === null) return;
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(cspNonce()),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
          EditorState.tabSize.of(2),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          json(),
          placeholder(latest.current.placeholder),
          autocompletion({
            override: [schemaCompletion(() => latest.current)],
            activateOnCompletion: leadsOn,
            icons: false,
            activateOnTypingDelay: 50,
            // What is shown can be taken: a wait would turn a quick Enter into a new line now and then.
            interactionDelay: 0,
          }),
          jsonLinter(() => latest.current),
          propertyHints(() => latest.current),
          variableMarks((name) => latest.current.variables.includes(name)),
          keymap.of(keys),
          codeEditorTheme,
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((transaction) => transaction.annotation(fromOutside) === true)) return;
            latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => {
      view.destroy();
      editor.current = undefined;
    };
  }, [documentId, label]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined || view.state.doc.toString() === props.value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: props.value }, annotations: fromOutside.of(true) });
  }, [props.value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the linter reads the latest problems when it is told
  useEffect(() => editor.current?.dispatch({ effects: problemsChanged.of(null) }), [props.problems]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marks read the latest variables when they are told
  useEffect(() => editor.current?.dispatch({ effects: variablesChanged.of(null) }), [props.variables]);

  useEffect(() => {
    const view = editor.current;
    if (view === undefined || props.reveal === undefined) return;
    const { from, to } = rangeForPointer(view.state.doc.toString(), props.reveal.pointer);
    view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
    view.focus();
  }, [props.reveal]);

  return <div ref={host} className="sb-editor" />;
}
