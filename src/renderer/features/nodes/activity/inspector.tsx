import { type ReactNode, useEffect, useRef } from 'react';
import { provideActions } from '../../../app/actions/registry.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { IconX } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { SideColumn } from '../../../design/layout/split.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { focusTable } from './model/focus.ts';

/** The details of a row beside its table: what it is, its facts, and what can be done. */
export function Inspector(props: {
  readonly state?: ReactNode;
  readonly title: string;
  /** The title is a path or an id. */
  readonly isCode?: boolean;
  readonly place: string;
  readonly foot?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('cluster');
  const { t: common } = useTranslation('common');
  const close = () => {
    props.onClose();
    focusTable();
  };
  const latest = useRef(close);
  latest.current = close;
  useEffect(
    () =>
      provideActions('cluster.inspector', [
        { id: 'cluster.close', group: 'act', title: t('closeInspector'), shortcut: 'escape', danger: 0, run: () => latest.current() },
      ]),
    [t],
  );
  return (
    <SideColumn
      name="nodes.activity"
      side="right"
      initialWidth={348}
      minWidth={300}
      maxWidth={640}
      label={t('inspectorWidth')}
      className="sb-col ac-inspector"
    >
      <aside className="sb-col sb-grow" aria-label={t('inspector')} data-region="inspector">
        <div className="sb-insp-head">
          {props.state}
          <b className={`sb-clip${props.isCode === true ? ' sb-mono' : ''}`}>{props.title}</b>
          <span className="sb-3 sb-clip">{props.place}</span>
          <span className="sb-grow" />
          <IconButton label={common('close')} onClick={close}>
            <IconX size={14} stroke={1.6} />
          </IconButton>
        </div>
        <ScrollArea label={props.title}>{props.children}</ScrollArea>
        {props.foot !== undefined && <div className="ac-foot">{props.foot}</div>}
      </aside>
    </SideColumn>
  );
}
