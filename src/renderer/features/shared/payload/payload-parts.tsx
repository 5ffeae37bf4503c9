/** What somebody else sent, as JSON, as text and as bytes. It is shown as text, whatever it holds. */
import { useMemo } from 'react';
import { hexLine, hexLineCount } from '../../../../common/hex.ts';
import { useElementSize } from '../../../design/controls/index.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { colour } from '../../../design/data/json-view.tsx';
import { jsonLines } from './json-lines.ts';
import { wrapText } from './text-lines.ts';

/** Of a large payload this much is drawn until all of it is asked for (ui.md section 2: one big value must not hang the console). */
export const shownCharacters = 65_536;
/** A line longer than this is cut: the text has all of it. */
const longestLine = 2_000;

interface PartProps {
  readonly label: string;
  /** False: only the beginning of what is large. */
  readonly all: boolean;
}

export function JsonPayload({ label, value, all }: PartProps & { readonly value: unknown }) {
  const lines = useMemo(() => jsonLines(value, all ? undefined : shownCharacters), [value, all]);
  return (
    <CodeView label={label} count={lines.length} numbered lineAt={(index) => colour((lines[index]?.text ?? '').slice(0, longestLine))} />
  );
}

/** Width of a monospaced character at the size of payloads, and the room that padding takes, in px. */
const characterPx = 6.93;
const paddingPx = 36;

function useColumns() {
  const { ref, width } = useElementSize<HTMLDivElement>();
  return { ref, columns: width === 0 ? 80 : Math.max(16, Math.floor((width - paddingPx) / characterPx)) };
}

export function TextPayload({ label, text, all }: PartProps & { readonly text: string }) {
  const { ref, columns } = useColumns();
  const lines = useMemo(() => wrapText(all ? text : text.slice(0, shownCharacters), columns), [text, all, columns]);
  return (
    <div ref={ref} className="sb-col sb-grow">
      <CodeView label={label} count={lines.length} lineAt={(index) => <span className="sb-code-text">{lines[index]}</span>} />
    </div>
  );
}

export function HexPayload({ label, bytes, all }: PartProps & { readonly bytes: Uint8Array }) {
  const { ref, columns } = useColumns();
  const shown = useMemo(() => (all ? bytes : bytes.subarray(0, shownCharacters)), [bytes, all]);
  // Offset and gaps take 10 characters, a byte takes 4.
  const perLine = columns >= 10 + 4 * 16 ? 16 : 8;
  return (
    <div ref={ref} className="sb-col sb-grow">
      <CodeView
        label={label}
        count={hexLineCount(shown, perLine)}
        lineAt={(index) => <span className="sb-code-text">{hexLine(shown, index, perLine)}</span>}
      />
    </div>
  );
}
