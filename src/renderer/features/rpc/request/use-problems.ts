import { useMemo } from 'react';
import type { JsonProblem } from '../../../design/data/code-editor-lint.ts';
import type { JsonSchema } from '../../../design/data/json-schema.ts';
import { type ParsedJson, parseJsonText } from '../../../design/data/json-syntax.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { describeFinding } from '../describe-schema.ts';
import { issuesOf, openIssues } from '../model/problems.ts';
import { checkAgainstSchema } from '../model/schema-check.ts';
import { entryOf, type Tab, useRpc } from '../state/rpc-store.ts';

export interface Problems {
  readonly parsed: ParsedJson;
  /** What the node refused comes first: it is certain. */
  readonly problems: readonly JsonProblem[];
}

const empty: ParsedJson = { ok: true, value: {} };

/** What is wrong with the params of a tab: as the node said, and as the schema shows before they are sent. */
export function useProblems(tab: Tab): Problems {
  const { t } = useTranslation('rpc');
  const schema = useRpc((state) => entryOf(state, tab.content)?.params) as JsonSchema | undefined;
  const run = useRpc((state) => state.runs[tab.id]?.current);
  const { text, method } = tab.content;
  return useMemo(() => {
    const parsed = text.trim() === '' ? empty : parseJsonText(text);
    if (!parsed.ok) return { parsed, problems: [] };
    const refused = run?.method === method ? openIssues(issuesOf(run.error), run.params, parsed.value) : [];
    const found = schema === undefined ? [] : checkAgainstSchema(parsed.value, schema);
    const problems: JsonProblem[] = refused.map(({ path, message }) => ({ pointer: path, message, severity: 'error' }));
    for (const finding of found) {
      if (problems.some((problem) => problem.pointer === finding.pointer)) continue;
      problems.push({ pointer: finding.pointer, message: describeFinding(finding, t), severity: 'warning' });
    }
    return { parsed, problems };
  }, [text, method, schema, run, t]);
}
