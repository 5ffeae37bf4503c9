/** A method or the name of a header (RFC 9110 section 5.6.2). */
export const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Headers that concern one connection and no other (RFC 9110 section 7.6.1): each connection has its own. Lower case. */
export const oneHopHeaders = ['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'] as const;
