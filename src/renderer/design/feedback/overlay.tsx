import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** The frame of the palette: 600 wide, 72 from the top, focus held inside. */
export function Overlay(props: { readonly label: string; readonly onClose: () => void; readonly children: ReactNode }) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      withCloseButton={false}
      aria-label={props.label}
      size={600}
      padding={0}
      centered={false}
      yOffset={72}
      overlayProps={{ backgroundOpacity: 0.25 }}
      classNames={{ content: 'sb-float' }}
    >
      {props.children}
    </Modal>
  );
}
