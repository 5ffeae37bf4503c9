import type { Action, ActionGroup } from '../actions/registry.ts';

/** Order of the groups in the palette. */
export const paletteGroups: readonly ActionGroup[] = ['go', 'act', 'instance', 'method', 'appearance'];
/** Acts shown of one group; more letters find the others. */
const shownPerGroup = 8;

const onlyByPrefix: Readonly<Record<string, readonly ActionGroup[]>> = { '>': ['act', 'appearance'], '/': ['method'] };

/**
 * What the palette shows: acts that hold every word of the query, those whose title begins with it first. `>` asks for acts
 * only, `/` for methods only.
 */
export function searchPalette(actions: readonly Action[], query: string): readonly Action[] {
  const only = onlyByPrefix[query.slice(0, 1)];
  const words = (only === undefined ? query : query.slice(1)).toLowerCase().split(/\s+/).filter(Boolean);
  const shown = only === undefined ? shownPerGroup : shownPerGroup * 2;
  return paletteGroups
    .filter((group) => only?.includes(group) !== false)
    .flatMap((group) =>
      rank(
        actions.filter((action) => action.group === group),
        words,
      ).slice(0, shown),
    );
}

function rank(actions: readonly Action[], words: readonly string[]): readonly Action[] {
  const [first = ''] = words;
  const score = (action: Action): number => {
    const title = action.title.toLowerCase();
    const text = `${title} ${action.detail?.toLowerCase() ?? ''} ${action.keywords ?? ''}`;
    if (!words.every((word) => text.includes(word))) return -1;
    return title.startsWith(first) ? 2 : title.includes(first) ? 1 : 0;
  };
  return actions
    .map((action) => ({ action, score: score(action) }))
    .filter((scored) => scored.score >= 0)
    .sort((a, b) => b.score - a.score)
    .map((scored) => scored.action);
}
