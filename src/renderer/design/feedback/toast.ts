import { notifications } from '@mantine/notifications';
import { i18next } from '../../i18n/index.ts';

/** A short word at the lower right. Errors stay until closed. */
export function showToast(toast: { readonly title: string; readonly message?: string; readonly tone?: 'info' | 'error' }): void {
  notifications.show({
    title: toast.title,
    message: toast.message ?? '',
    color: toast.tone === 'error' ? 'crit' : 'accent',
    autoClose: toast.tone === 'error' ? false : 5_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': i18next.t('close') },
  });
}
