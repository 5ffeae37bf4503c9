import { type ReactNode, useMemo } from 'react';

/** Longest text that is coloured; more is shown plain, so that one big value never holds up the window. */
const colouredCharacters = 65_536;

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** JSON text with line numbers and four colours. `changedLines` get their ground. */
export function JsonView(props: { readonly text: string; readonly changedLines?: ReadonlySet<number>; readonly label: string }) {
  const lines = useMemo(() => {
    const plain = props.text.length > colouredCharacters;
    return props.text
      .slice(0, colouredCharacters)
      .split('\n')
      .map((line) => (plain ? line : colour(line)));
  }, [props.text]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="sb-code sb-select" tabIndex={0} aria-label={props.label}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's identity is its number
        <div key={index} style={props.changedLines?.has(index) === true ? { background: 'var(--sb-diff-chg)' } : undefined}>
          <span className="ln">{index + 1}</span>
          {line}
        </div>
      ))}
    </section>
  );
}

/** One line of JSON in four colours. */
export function colour(line: string): ReactNode {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of line.matchAll(token)) {
    if (match.index > end) parts.push(line.slice(end, match.index));
    const [whole, text, colon, number] = match;
    const kind = colon !== undefined ? 'k' : text !== undefined ? 's' : number !== undefined ? 'n' : 'l';
    parts.push(
      <span key={match.index} className={kind}>
        {text ?? whole}
      </span>,
    );
    if (colon !== undefined) parts.push(colon);
    end = match.index + whole.length;
  }
  parts.push(line.slice(end));
  return parts;
}
