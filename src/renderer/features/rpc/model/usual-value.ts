/** What most of several answers say. */

/**
 * The value that more than half of the answers have; undefined where there is none: then nobody differs from most.
 *
 * @param values compared as JSON; undefined stands for a member that is not there
 */
export function usualValue(values: readonly unknown[]): { readonly value: unknown } | undefined {
  const counts = new Map<string | undefined, number>();
  for (const value of values) {
    const text = JSON.stringify(value);
    const count = (counts.get(text) ?? 0) + 1;
    if (count * 2 > values.length && values.length > 1) return { value };
    counts.set(text, count);
  }
  return undefined;
}

/**
 * An answer as most nodes would give it: each member as most have it. Where they do not agree (ids, times of day), the own
 * value stands, so that a comparison with it shows only what sets this node apart.
 */
export function usualAnswer(answers: readonly unknown[], own: unknown): unknown {
  const whole = usualValue(answers);
  if (whole !== undefined) return whole.value;
  if (answers.length < 2) return own;
  const objects = answers.filter(isObject);
  if (objects.length * 2 <= answers.length || !isObject(own)) return own;
  const keys = new Set(objects.flatMap((answer) => Object.keys(answer)));
  const members: [string, unknown][] = [];
  for (const key of keys) {
    const having = objects.filter((answer) => Object.hasOwn(answer, key));
    const isUsual = having.length * 2 > objects.length;
    if (!isUsual && !Object.hasOwn(own, key)) continue;
    if (!isUsual && having.length * 2 < objects.length) continue;
    members.push([
      key,
      usualAnswer(
        objects.map((answer) => answer[key]),
        own[key],
      ),
    ]);
  }
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
