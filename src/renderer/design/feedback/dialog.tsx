import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { i18next } from '../../i18n/index.ts';
import { KeyValues } from '../layout/bars.tsx';
import { useReturnFocus } from './use-return-focus.ts';
import { useToastRoom } from './use-toast-room.ts';

const usualWidthPx = 440;
const confirmationWidthPx = 460;

/** A dialog of any content. `Esc` and the cross close it; focus stays inside and returns after. */
export function Dialog(props: {
  readonly title: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly widthPx?: number;
  readonly closeLabel: string;
  /** False while closing would lose what is shown only once: then its own buttons end it. */
  readonly closable?: boolean;
}) {
  const widthPx = props.widthPx ?? usualWidthPx;
  useReturnFocus(props.opened);
  useToastRoom(props.opened, widthPx);
  const closable = props.closable !== false;
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      closeOnEscape={closable}
      closeOnClickOutside={closable}
      withCloseButton={closable}
      title={props.title}
      size={widthPx}
      closeButtonProps={{ 'aria-label': props.closeLabel }}
      styles={{ title: { fontSize: 14, fontWeight: 600, lineHeight: '20px' } }}
    >
      {props.children}
    </Modal>
  );
}

/** Words of a confirmation, already translated. */
export interface Confirmation {
  readonly title: string;
  /** What is about to happen, with object and node. */
  readonly message: ReactNode;
  /** What it does, in numbers. */
  readonly effects?: readonly (readonly [label: string, value: string])[];
  /** The button repeats the verb, never "OK". */
  readonly verb: string;
  /** What destroys nothing does not have the red button. */
  readonly harmless?: boolean;
  readonly cancel: string;
  /** Level 3: this must be typed before the button works. */
  readonly typeToConfirm?: { readonly label: string; readonly value: string };
}

/** Danger levels 2 and 3 (ui.md section 4): focus on Cancel; level 3 asks to type the name. */
export function ConfirmDialog(props: { readonly confirmation: Confirmation | undefined; readonly onAnswer: (yes: boolean) => void }) {
  const [typed, setTyped] = useState('');
  const { confirmation } = props;
  useReturnFocus(confirmation !== undefined);
  useToastRoom(confirmation !== undefined, confirmationWidthPx);
  const answer = (yes: boolean) => {
    setTyped('');
    props.onAnswer(yes);
  };
  if (confirmation === undefined) return null;
  const needed = confirmation.typeToConfirm;
  return (
    <Modal
      opened
      onClose={() => answer(false)}
      title={confirmation.title}
      size={confirmationWidthPx}
      closeButtonProps={{ 'aria-label': i18next.t('close') }}
      styles={{ title: { fontSize: 14, fontWeight: 600, lineHeight: '20px' } }}
    >
      <div style={{ display: 'flex', flexDirection: 'column', gap: 12 }}>
        <div className="sb-2" style={{ lineHeight: '18px' }}>
          {confirmation.message}
        </div>
        {confirmation.effects !== undefined && <KeyValues items={confirmation.effects} />}
        {needed !== undefined && (
          <TextInput label={needed.label} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" />
        )}
        <div className="sb-flex" style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" data-autofocus onClick={() => answer(false)}>
            {confirmation.cancel}
          </Button>
          <Button
            {...(confirmation.harmless !== true && { color: 'crit' })}
            disabled={needed !== undefined && typed !== needed.value}
            onClick={() => answer(true)}
          >
            {confirmation.verb}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
