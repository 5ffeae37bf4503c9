/** The editor in the console's colours; all of them are variables, so that a change of scheme needs no new editor. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const mono = 'var(--mantine-font-family-monospace)';

const editor = EditorView.theme({
  '&': { height: '100%', color: 'var(--sb-text)', backgroundColor: 'transparent', fontSize: '11.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: mono, lineHeight: '18px', fontVariantLigatures: 'none' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--sb-text)' },
  '.cm-line': { padding: '0 12px 0 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--sb-text-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 12px 0 0' },
  '.cm-activeLineGutter, .cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-cursor': { borderLeftColor: 'var(--sb-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--sb-selected)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--sb-line-strong)',
  },
  '.cm-placeholder': { color: 'var(--sb-text-3)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--sb-raised)',
    border: '1px solid var(--sb-line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--mantine-shadow-md)',
    color: 'var(--sb-text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: mono, fontSize: '11.5px', maxHeight: '220px', borderRadius: '5px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    gap: '12px',
    padding: '3px 8px',
    lineHeight: '18px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--sb-selected)',
    color: 'var(--sb-text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--sb-accent)' },
  '.cm-completionDetail': {
    marginLeft: 'auto',
    fontFamily: 'var(--mantine-font-family)',
    fontStyle: 'normal',
    fontSize: '11px',
    color: 'var(--sb-text-3)',
  },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 8px', maxWidth: '280px', fontSize: '12px', lineHeight: '16px' },
  '.cm-hint': { padding: '6px 8px', maxWidth: '320px', fontSize: '12px', lineHeight: '16px' },
  '.cm-hint-type': { color: 'var(--sb-text-3)', fontSize: '11px' },
  '.cm-diagnostic': { padding: '4px 8px', fontSize: '12px', lineHeight: '16px' },
  '.cm-diagnostic-error': { borderLeft: '2px solid var(--sb-crit)' },
  '.cm-diagnostic-warning': { borderLeft: '2px solid var(--sb-warn)' },
  '.cm-lintRange-error, .cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecorationLine: 'underline',
    textDecorationStyle: 'wavy',
    textDecorationThickness: '1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': { textDecorationColor: 'var(--sb-crit)', backgroundColor: 'var(--sb-crit-soft)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--sb-warn)' },
  '.cm-variable': { color: 'var(--sb-accent)', backgroundColor: 'var(--sb-accent-soft)', borderRadius: '3px' },
  '.cm-variable.cm-unset': { color: 'var(--sb-warn)', backgroundColor: 'var(--sb-warn-soft)' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--sb-syn-key)' },
  { tag: tags.string, color: 'var(--sb-syn-str)' },
  { tag: tags.number, color: 'var(--sb-syn-num)' },
  { tag: [tags.bool, tags.null], color: 'var(--sb-syn-lit)' },
]);

/** Look of the editor and colours of JSON. */
export const codeEditorTheme: Extension = [editor, syntaxHighlighting(colours)];
