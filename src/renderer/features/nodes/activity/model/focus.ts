/** Id of the element around a tab, whose table takes the focus back from the inspector. */
export const tabId = 'cluster-tab';

export function focusTable(): void {
  document.querySelector<HTMLElement>(`#${tabId} [role="grid"]`)?.focus();
}
