import { Kbd, TextInput } from '../../../design/controls/index.ts';
import { IconSearch } from '../../../design/icons/index.ts';

/** The filter of a table: Escape empties it, Enter and the arrow down lead to what it found. */
export function FilterField(props: {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Moves the focus to the table. */
  readonly onLeave: () => void;
}) {
  const { id, label, text, onText, onLeave } = props;
  return (
    <TextInput
      id={id}
      className="sb-filter"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} stroke={1.6} />}
      rightSection={<Kbd>/</Kbd>}
      value={text}
      onChange={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onText('');
        else if (event.key === 'Enter' || event.key === 'ArrowDown') onLeave();
        else return;
        event.preventDefault();
      }}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
