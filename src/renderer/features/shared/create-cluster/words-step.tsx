import { useState } from 'react';
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
      <p className="sb-2">{t('wordsHelp')}</p>
      <div className="cc-sheet">
        <p className="cc-print-only">
          <b>{t('wordsSheetTitle', { cluster })}</b>
          <br />
          {t('wordsSheetHelp')}
        </p>
        <ol className="cc-words sb-select" aria-label={t('recoveryWords')}>
          {words.map((word, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a word may stand twice, and the places never change
            <li key={index}>
              <span>{index + 1}</span>
              {word}
            </li>
          ))}
        </ol>
      </div>
      <p className="sb-3">{t('wordsWarning')}</p>
      <div className="sb-flex">
        <Button variant="default" leftSection={<IconPrinter size={14} stroke={1.6} />} onClick={printWords}>
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

/** Only the sheet with the words is drawn on the paper. */
function printWords(): void {
  document.body.dataset.print = 'recovery-words';
  window.addEventListener('afterprint', () => delete document.body.dataset.print, { once: true });
  window.print();
}
