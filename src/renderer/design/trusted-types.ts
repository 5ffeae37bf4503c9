/** The page runs under `require-trusted-types-for 'script'` (security.md 4.1). */
interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

/**
 * Lets style sheets through and nothing else: the component library sets the text of `<style>` as HTML. Text that could
 * hold a tag is refused, so no string ever becomes markup. Must run before the first render.
 */
export function installTrustedTypesPolicy(): void {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text.includes('<')) throw new TypeError('Markup from text is not allowed.');
      return text;
    },
  });
}

/** The nonce of this response, for the styles that libraries add. The attribute is emptied by the browser, the property is not. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
