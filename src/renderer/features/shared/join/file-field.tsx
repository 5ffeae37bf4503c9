import { type DragEvent, useRef, useState } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { IconFileText, IconUpload, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';

/** Far more than an invite file has; what is larger is another file, dropped by mistake. */
const mostBytes = 65_536;

export interface ChosenFile {
  readonly name: string;
  readonly bytes: number;
  readonly text: string;
}

/** An invite file, chosen or dropped. It is read here and sent only when the person joins. */
export function FileField(props: { readonly file: ChosenFile | undefined; readonly onChange: (file: ChosenFile | undefined) => void }) {
  const { t } = useTranslation('join');
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setProblem(undefined);
    props.onChange(undefined);
    const { name, size } = chosen;
    if (size > mostBytes) return setProblem(t('fileTooLarge', { name, size: formatBytes(size) }));
    try {
      props.onChange({ name, bytes: size, text: await chosen.text() });
    } catch {
      // The file went away, or may not be read.
      setProblem(t('fileUnread', { name }));
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <section
      className="jn-drop"
      aria-label={t('way_file')}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {props.file !== undefined && (
        <span className="sb-flex">
          <IconFileText size={16} stroke={1.5} />
          <b className="sb-clip">{t('fileChosen', { name: props.file.name, size: formatBytes(props.file.bytes) })}</b>
        </span>
      )}
      <span className="sb-flex">
        <Button variant="default" data-autofocus leftSection={<IconUpload size={14} stroke={1.6} />} onClick={() => input.current?.click()}>
          {t('chooseFile')}
        </Button>
        <span className="sb-3">{t('dropFile')}</span>
      </span>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('way_file')}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <div role="alert">{problem !== undefined && <StateLabel kind="failed">{problem}</StateLabel>}</div>
    </section>
  );
}
