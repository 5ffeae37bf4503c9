/** Bounds of what is kept of requests. `docs/tunnels.md` lists the same. */
export const inspectorLimits = {
  /** Requests kept of one tunnel; the oldest goes. */
  keptRequests: 1_000,
  /** Of one tunnel: lines, headers and bodies together. */
  keptBytesPerTunnel: 16_777_216,
  /** Of all tunnels of a node; the tunnel that keeps most gives way. */
  keptBytesInAll: 67_108_864,
  /** Characters of a path that are kept. */
  keptPathCharacters: 8_192,
  /** Headers of one direction that are kept. */
  keptHeaders: 256,
  /** Characters of one header's value that are kept. */
  keptHeaderCharacters: 16_384,
  /** Changes are told together, this often while somebody listens or waits. */
  tellEveryMs: 50,
  /** Lines told as events at once; older ones are left to be asked for. */
  linesAtOnce: 200,
  /** Callers that wait for requests at once. */
  waiters: 64,
  /** Terms of a filter. */
  filterTerms: 32,
} as const;
