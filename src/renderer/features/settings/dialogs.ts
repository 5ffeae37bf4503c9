import { create } from 'zustand';

/** The one dialog of the Settings screen that is open. */
export type SettingsDialog =
  | { readonly kind: 'restart' | 'addUser' | 'setupLink' | 'supportBundle' }
  | { readonly kind: 'setRole' | 'setPassword' | 'removeUser'; readonly username: string };

export const useDialog = create<{ readonly dialog: SettingsDialog | undefined }>(() => ({ dialog: undefined }));

export function openDialog(dialog: SettingsDialog): void {
  useDialog.setState({ dialog });
}

export function closeDialog(): void {
  useDialog.setState({ dialog: undefined });
}

const linked = ['restart', 'addUser', 'setupLink', 'supportBundle'] as const;

/** The dialog that an address asks for. It is only opened: what it does is for the person to say. */
export function dialogFrom(text: string | null): SettingsDialog | undefined {
  const kind = linked.find((known) => known === text);
  return kind === undefined ? undefined : { kind };
}
