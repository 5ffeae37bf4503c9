/** Code of a notification that reports a failure (wire.md 1.1: info, success, warning, error). */
const errorCode = 4;
/** A toast is a sentence; what is longer was meant for a log. */
const longestWords = 300;

/** The words of a notification, or undefined for something else. Any client with the right role may publish one. */
export function notificationWords(data: unknown): { readonly title: string; readonly tone: 'info' | 'error' } | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { message, code } = data as { readonly message?: unknown; readonly code?: unknown };
  if (typeof message !== 'string' || message === '') return undefined;
  return { title: message.slice(0, longestWords), tone: code === errorCode ? 'error' : 'info' };
}
