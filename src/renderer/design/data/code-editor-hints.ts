/** Hints over JSON text: what a property means, and which variables are set. */
import { type Extension, RangeSetBuilder, StateEffect } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, hoverTooltip, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { jsonCursorAt, unquoteJson } from './json-cursor.ts';
import { type JsonSchema, schemasAt } from './json-schema.ts';

interface HintOptions {
  readonly schema: JsonSchema | undefined;
  readonly describeType: (schema: JsonSchema) => string;
}

/** Shows type and description of the property under the pointer. */
export function propertyHints(read: () => HintOptions): Extension {
  return hoverTooltip((view, position) => {
    const { schema, describeType } = read();
    if (schema === undefined) return null;
    const text = view.state.doc.toString();
    const cursor = jsonCursorAt(text, position);
    if (cursor.place !== 'key' || !cursor.inString) return null;
    const name = unquoteJson(text.slice(cursor.from, cursor.to));
    const [found] = schemasAt(schema, [...cursor.path, name]);
    if (found === undefined) return null;
    return { pos: cursor.from, end: cursor.to, above: true, create: () => ({ dom: hint(describeType(found), found.description) }) };
  });
}

function hint(type: string, description: string | undefined): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'cm-hint';
  const typeLine = document.createElement('div');
  typeLine.className = 'cm-hint-type';
  typeLine.textContent = type;
  dom.append(typeLine);
  if (description !== undefined) dom.append(description);
  return dom;
}

/** Tells the editor that the set variables have changed. */
export const variablesChanged = StateEffect.define<null>();

const set = Decoration.mark({ class: 'cm-variable' });
const unset = Decoration.mark({ class: 'cm-variable cm-unset' });

/** Colours `{{name}}`: one way when it is set, another when it is not. */
export function variableMarks(isSet: (name: string) => boolean): Extension {
  const build = (view: EditorView): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>();
    for (const { from, to } of view.visibleRanges) {
      for (const match of view.state.doc.sliceString(from, to).matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)) {
        const start = from + match.index;
        builder.add(start, start + match[0].length, isSet(match[1] ?? '') ? set : unset);
      }
    }
    return builder.finish();
  };
  return ViewPlugin.define(
    (view) => ({
      decorations: build(view),
      update(update: ViewUpdate) {
        const told = update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(variablesChanged)));
        if (update.docChanged || update.viewportChanged || told) this.decorations = build(update.view);
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  );
}
