import { useMemo } from 'react';
import { useElementSize } from '../../../design/controls/index.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { useTranslation } from '../../../i18n/index.ts';

/** Width of one character of code, and the space beside the text, in px (look.md section 3). */
const characterWidth = 6.95;
const besideText = 32;
const narrowest = 40;

/** The answer as it came: one line of JSON, broken where the window ends. */
export function ResultRaw({ data }: { readonly data: unknown }) {
  const { t } = useTranslation('rpc');
  const { ref, width } = useElementSize();
  const text = useMemo(() => JSON.stringify(data) ?? 'null', [data]);
  const characters = Math.max(narrowest, Math.floor((width - besideText) / characterWidth));
  const lineAt = (index: number) => <span className="sb-code-text">{text.slice(index * characters, (index + 1) * characters)}</span>;
  return (
    <div ref={ref} className="sb-col sb-grow">
      <CodeView label={t('answerRaw')} count={Math.ceil(text.length / characters)} lineAt={lineAt} />
    </div>
  );
}
