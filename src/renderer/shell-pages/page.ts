/**
 * What the crash and the rescue page share. They stand when the console does not, so they use neither its framework nor
 * its component library, only the same colours.
 */
import './page.css';
import type { DesktopBridge } from '../../preload/api.ts';
import { dark, light } from '../design/palette.ts';

/** The bridge to the shell. These pages exist in the desktop application only. */
export const bridge = (globalThis as { readonly signalbox?: DesktopBridge }).signalbox;

/** The element of that id, which the page's own HTML has. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found as T;
}

/** Writes `text` into the element of that id. */
export function show(id: string, text: string): void {
  element(id).textContent = text;
}

/**
 * Runs `act` when the button of that id is pressed; it is disabled meanwhile, and what goes wrong is said below.
 *
 * @param act resolves with what to say when it is done
 */
export function onPress(id: string, act: () => Promise<string | undefined>): void {
  const button = element<HTMLButtonElement>(id);
  button.addEventListener('click', () => void perform(button, act));
}

/** See {@link onPress}. */
export async function perform(button: HTMLButtonElement, act: () => Promise<string | undefined>): Promise<void> {
  button.disabled = true;
  try {
    show('result', (await act()) ?? '');
  } catch (error) {
    show('result', error instanceof Error ? error.message : String(error));
  } finally {
    button.disabled = false;
  }
}

function applyPalette(isDark: boolean): void {
  for (const [token, colour] of Object.entries(isDark ? dark : light)) document.documentElement.style.setProperty(`--sb-${token}`, colour);
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
applyPalette(prefersDark.matches);
prefersDark.addEventListener('change', ({ matches }) => applyPalette(matches));
