import type { ReactNode } from 'react';
import { StateShape } from '../../../design/icons/index.ts';

/** A fact of some lines that a person should act on, within a page. Strips are for what holds for a whole view. */
export function Note(props: {
  readonly tone: 'warn' | 'crit' | 'plain';
  readonly fact: string;
  readonly children: ReactNode;
  readonly act?: ReactNode;
}) {
  const shapes = { warn: 'warn', crit: 'failed', plain: 'paused' } as const;
  return (
    <div className={`tr-note ${props.tone}`} role="note">
      {props.tone !== 'plain' && <StateShape kind={shapes[props.tone]} />}
      <div>
        <p>
          <b>{props.fact}</b> {props.children}
        </p>
        {props.act !== undefined && <div className="sb-flex tr-note-act">{props.act}</div>}
      </div>
    </div>
  );
}
