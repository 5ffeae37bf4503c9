/** The bytes of base64 text; a rest that is no whole group is left out. */
export function bytesOf(base64: string): Uint8Array {
  const whole = base64.slice(0, base64.length - (base64.length % 4));
  try {
    return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** Bytes as text; what is no UTF-8 becomes the replacement character. */
export function textOfBytes(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
