import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { joinCodeCharacters } from '../../../../common/join-code.ts';
import { TextInput } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { type JoinText, parseJoinText } from '../join-text.ts';
import { type CodeProblem, charactersOf, cursorAfter, groupTyped, isCodeRight, spellingProblem } from './model/typed-code.ts';

/** `right`: whole, and its check characters fit. */
export type CodeState = 'unfinished' | 'wrong' | 'right';

/** The 20 characters of a join code: grouped while they are typed or pasted, checked as soon as they are whole. */
export function CodeField(props: {
  readonly value: string;
  readonly onChange: (value: string, state: CodeState) => void;
  /** The pasted text has the code and where to join, as an invitation is copied. */
  readonly onInvitation: (invitation: JoinText) => void;
  /** The form was sent: what is missing is said too. */
  readonly sent: boolean;
}) {
  const { t } = useTranslation('join');
  const { value, onChange, sent } = props;
  const [problem, setProblem] = useState<CodeProblem>();
  const [right, setRight] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const cursor = useRef<number | undefined>(undefined);
  const count = charactersOf(value);
  const latest = useRef(onChange);
  latest.current = onChange;

  useEffect(() => {
    const spelling = spellingProblem(value);
    setProblem(spelling);
    setRight(false);
    if (spelling !== undefined || charactersOf(value) !== joinCodeCharacters) {
      latest.current(value, spelling === undefined ? 'unfinished' : 'wrong');
      return;
    }
    let current = true;
    void isCodeRight(value).then((fits) => {
      if (!current) return;
      setProblem(fits ? undefined : { kind: 'mistyped' });
      setRight(fits);
      latest.current(value, fits ? 'right' : 'wrong');
    });
    return () => {
      current = false;
    };
  }, [value]);

  // Grouping moves what is typed; the cursor goes with it.
  useLayoutEffect(() => {
    if (cursor.current === undefined) return;
    field.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = undefined;
  });

  const change = (text: string, at: number) => {
    const grouped = groupTyped(text);
    cursor.current = cursorAfter(text.slice(0, at), grouped);
    onChange(grouped, 'unfinished');
  };
  return (
    <div className="jn-code">
      <TextInput
        ref={field}
        label={t('code')}
        description={t('codeHelp')}
        placeholder="XXXXX-XXXXX-XXXXX-XXXXX"
        data-autofocus
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        value={value}
        error={problemWords(t, problem, sent ? joinCodeCharacters - count : 0)}
        onPaste={(event) => {
          const invitation = parseJoinText(event.clipboardData.getData('text'));
          if (invitation === undefined) return;
          event.preventDefault();
          props.onInvitation(invitation);
        }}
        onChange={(event) => change(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length)}
      />
      <div className="jn-code-state" aria-live="polite">
        {right ? <StateLabel kind="online">{t('codeWhole')}</StateLabel> : <span className="sb-3 sb-num">{t('codeCount', { count })}</span>}
      </div>
    </div>
  );
}

function problemWords(t: ReturnType<typeof useTranslation<'join'>>['t'], problem: CodeProblem | undefined, missing: number) {
  const words = () => {
    switch (problem?.kind) {
      case 'character':
        return t('codeCharacter', { character: problem.character });
      case 'long':
        return t('codeLong', { count: problem.count });
      case 'mistyped':
        return t('codeMistyped');
      default:
        return missing > 0 ? t('codeShort', { count: missing }) : undefined;
    }
  };
  const said = words();
  return said === undefined ? undefined : <StateLabel kind="failed">{said}</StateLabel>;
}
