import { useMemo, useState } from 'react';
import { saveTextFile } from '../../../design/copy-text.ts';
import { CodeView } from '../../../design/data/code-view.tsx';
import { colour } from '../../../design/data/json-view.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { previewCharacters, previewJson } from '../model/json-preview.ts';

/** A line longer than this is not coloured: a colour for each of a megabyte's numbers would hold up the window. */
const colouredLine = 2_000;

/** Indented JSON. Of a large answer the beginning, until all of it is asked for. */
export function ResultJson({ data, bytes, name }: { readonly data: unknown; readonly bytes: number; readonly name: string }) {
  const { t } = useTranslation('rpc');
  const [all, setAll] = useState(false);
  const preview = useMemo(() => (all ? { text: JSON.stringify(data, null, 2) ?? 'null', complete: true } : previewJson(data)), [data, all]);
  const lines = useMemo(() => preview.text.split('\n'), [preview]);
  return (
    <>
      <CodeView
        label={t('answerJson')}
        count={lines.length}
        numbered
        lineAt={(index) => {
          const line = lines[index] ?? '';
          return line.length > colouredLine ? line : colour(line);
        }}
      />
      {!preview.complete && (
        <div className="sb-rpc-foot sb-flex">
          <span className="sb-3">{t('previewOnly', { shown: previewCharacters / 1_024, size: formatBytes(bytes) })}</span>
          <button type="button" className="sb-link" onClick={() => setAll(true)}>
            {t('loadAll', { size: formatBytes(bytes) })}
          </button>
          <button type="button" className="sb-link" onClick={() => saveTextFile(`${name}.json`, JSON.stringify(data, null, 2))}>
            {t('saveAnswer')}
          </button>
        </div>
      )}
    </>
  );
}
