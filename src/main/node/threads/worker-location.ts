/**
 * Where the code of a worker thread is.
 *
 * Unbuilt, the worker is the `.ts` file beside its caller, which Node runs as it is. Built, every worker is an input of its
 * own and lies in `out/main`, while the caller may have been put into `out/main/chunks`.
 *
 * @param name file name without extension, for example `store-worker`
 * @param callerUrl `import.meta.url` of the caller
 */
export function workerUrl(name: string, callerUrl: string): URL {
  if (callerUrl.endsWith('.ts')) return new URL(`./${name}.ts`, callerUrl);
  return new URL(callerUrl.includes('/chunks/') ? `../${name}.js` : `./${name}.js`, callerUrl);
}
