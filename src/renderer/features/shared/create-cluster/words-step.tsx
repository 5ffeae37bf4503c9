import { useState } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../../../design/controls/index.ts';
import { copyText } from '../../../design/copy-text.ts';
import { IconCopy, IconPrinter } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';

/** The recovery words, to be written down. They are in this dialog's memory and nowhere else. */
export function WordsStep(props: { readonly cluster: string; readonly words: readonly string[]; readonly onNext: () => void }) {
  const { t } = useTranslation('membership');
  const [copied, setCopied] = useState(false);
  const { cluster, words } = props;
  return (
    <div className="cc-form">
      <PrintedSheet cluster={cluster} words={words} />
      <p className="sb-2">{t('wordsHelp')}</p>
      <Words words={words} />
      <p className="sb-3">{t('wordsWarning')}</p>
      <div className="sb-flex">
        <Button variant="default" leftSection={<IconPrinter size={14} stroke={1.6} />} onClick={() => window.print()}>
          {t('print')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconCopy size={14} stroke={1.6} />}
          onClick={() => void copyText(words.join(' ')).then(setCopied)}
        >
          {copied ? t('wordsCopied') : t('copyWords')}
        </Button>
        <span className="sb-grow" />
        <Button data-autofocus onClick={props.onNext}>
          {t('wordsWritten')}
        </Button>
      </div>
    </div>
  );
}

function Words({ words }: { readonly words: readonly string[] }) {
  const { t } = useTranslation('membership');
  return (
    <ol className="cc-words sb-select" aria-label={t('recoveryWords')}>
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand twice, and the places never change
        <li key={index}>
          <span>{index + 1}</span>
          {word}
        </li>
      ))}
    </ol>
  );
}

/** What is on the paper: beside the page, so that nothing of the console is around it. */
function PrintedSheet({ cluster, words }: { readonly cluster: string; readonly words: readonly string[] }) {
  const { t } = useTranslation('membership');
  return createPortal(
    <section className="cc-sheet" aria-hidden="true">
      <h1>{t('wordsSheetTitle', { cluster })}</h1>
      <p>{t('wordsSheetHelp')}</p>
      <Words words={words} />
    </section>,
    document.body,
  );
}
