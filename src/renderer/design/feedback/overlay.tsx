import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useReturnFocus } from './use-return-focus.ts';

/** The frame of the palette: 600 wide, 72 from the top, focus held inside and given back. */
export function Overlay(props: { readonly label: string; readonly onClose: () => void; readonly children: ReactNode }) {
  useReturnFocus(true);
  return (
    <Modal.Root opened onClose={props.onClose} size={600} padding={0} centered={false} yOffset={72} classNames={{ content: 'sb-float' }}>
      <Modal.Overlay backgroundOpacity={0.25} />
      <Modal.Content aria-label={props.label}>
        <Modal.Body>{props.children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
