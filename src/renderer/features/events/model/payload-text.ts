/** What a person wrote as a payload. Nothing written is `null`. */
export function parsePayload(text: string): { readonly value: unknown; readonly problem: string | undefined } {
  if (text.trim() === '') return { value: null, problem: undefined };
  try {
    return { value: JSON.parse(text) as unknown, problem: undefined };
  } catch (error) {
    return { value: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A payload as text: a text as it is, anything else as JSON. */
export function payloadText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null');
}
