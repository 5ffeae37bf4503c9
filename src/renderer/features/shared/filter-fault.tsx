import { StateLabel } from '../../design/icons/index.ts';

/** Characters of a filter shown on each side of its fault. */
const around = 24;

/** What is wrong with the filter, at its place. */
export function FilterFault(props: { readonly text: string; readonly message: string; readonly position: number | undefined }) {
  const { text, message, position } = props;
  return (
    <div className="sb-fault">
      <StateLabel kind="failed">{message}</StateLabel>
      {position !== undefined && (
        <code className="sb-mono sb-select">
          {position > around && '…'}
          {text.slice(Math.max(0, position - around), position)}
          <mark>{text.slice(position, position + 1) || ' '}</mark>
          {text.slice(position + 1, position + around)}
        </code>
      )}
    </div>
  );
}
