import type { FormEvent, ReactNode } from 'react';
import { Button } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';

interface FormDialogProps {
  readonly title: string;
  readonly verb: string;
  /** The verb destroys something. */
  readonly dangerous?: boolean;
  /** Hard to undo: the focus begins on Cancel (ui.md section 4). */
  readonly careful?: boolean;
  readonly working: boolean;
  readonly disabled?: boolean;
  /** What was asked for has been done: the other button ends the dialog, it does not cancel. */
  readonly done?: boolean;
  /** Why it was not done. */
  readonly failure: string | undefined;
  /** Beside the buttons, at the left. */
  readonly note?: ReactNode;
  readonly widthPx?: number;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog with fields, what went wrong, Cancel and the verb. */
export function FormDialog(props: FormDialogProps) {
  const { t: common } = useTranslation('common');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.working && props.disabled !== true) props.onSubmit();
  };
  return (
    <Dialog title={props.title} opened onClose={props.onClose} closeLabel={common('close')} widthPx={props.widthPx ?? 480}>
      <form className="sb-form" onSubmit={submit}>
        {props.children}
        <div role="alert">{props.failure !== undefined && <StateLabel kind="failed">{props.failure}</StateLabel>}</div>
        <div className="sb-flex">
          <span className="sb-grow sb-3">{props.note}</span>
          <Button variant="default" onClick={props.onClose} data-autofocus={props.careful === true ? true : undefined}>
            {props.done === true ? common('close') : common('cancel')}
          </Button>
          <Button
            type="submit"
            loading={props.working}
            disabled={props.disabled ?? false}
            {...(props.dangerous === true && { color: 'crit' })}
          >
            {props.verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
