/** How this console looks, kept on this machine. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

interface Preferences {
  readonly scheme: 'system' | 'light' | 'dark';
  readonly density: 'compact' | 'normal' | 'relaxed';
  readonly railWide: boolean;
}

export const usePreferences = create<Preferences>()(
  persist((): Preferences => ({ scheme: 'system', density: 'normal', railWide: false }), { name: 'signalbox.preferences', version: 1 }),
);
