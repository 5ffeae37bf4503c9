import { type FormEvent, useState } from 'react';
import { Button, TextInput } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { type AskedWord, isWord } from './confirm-words.ts';

/** Two of the words typed from the paper. Says which is wrong, and lets the person look again. */
export function ConfirmStep(props: {
  readonly asked: readonly [AskedWord, AskedWord];
  readonly onBack: () => void;
  readonly onConfirmed: () => void;
}) {
  const { t } = useTranslation('membership');
  const [typed, setTyped] = useState<readonly [string, string]>(['', '']);
  const [checked, setChecked] = useState(false);
  const { asked } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (asked.every((word, index) => isWord(typed[index] ?? '', word))) props.onConfirmed();
  };
  const field = (index: 0 | 1) => {
    const word = asked[index];
    const wrong = checked && !isWord(typed[index], word);
    return (
      <TextInput
        label={t('wordNumber', { place: word.place })}
        autoComplete="off"
        spellCheck={false}
        data-autofocus={index === 0 ? true : undefined}
        value={typed[index]}
        error={wrong && <StateLabel kind="failed">{t('wordWrong', { place: word.place })}</StateLabel>}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setChecked(false);
          setTyped(([first, second]) => (index === 0 ? [value, second] : [first, value]));
        }}
      />
    );
  };
  return (
    <form className="cc-form" onSubmit={submit} noValidate>
      <p className="sb-2">{t('confirmWordsHelp')}</p>
      <div className="cc-pair">
        {field(0)}
        {field(1)}
      </div>
      <div className="sb-flex">
        <Button variant="default" onClick={props.onBack}>
          {t('backToWords')}
        </Button>
        <span className="sb-grow" />
        <Button type="submit">{t('confirmWords')}</Button>
      </div>
    </form>
  );
}
