import { create } from 'zustand';

/** Which of the frame's own overlays is open. */
export const useOverlay = create<{ readonly open: 'palette' | 'shortcuts' | undefined }>(() => ({ open: undefined }));
