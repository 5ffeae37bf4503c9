/** Acts that several parts of the screen offer: copying a request, files of requests. */

import { copyText, saveTextFile } from '../../design/copy-text.ts';
import type { JsonSchema } from '../../design/data/json-schema.ts';
import { parseJsonText } from '../../design/data/json-syntax.ts';
import { showToast } from '../../design/feedback/toast.ts';
import { i18next } from '../../i18n/index.ts';
import { useCluster } from '../../state/cluster.ts';
import { cliCommand, typeScriptCall, type WrittenCall } from './model/call-text.ts';
import type { RequestContent } from './model/kept-items.ts';
import { readRequestsFile, writeRequestsFile } from './model/requests-file.ts';
import { addressOf, type RequestTarget } from './model/target.ts';
import { resolveVariables } from './model/variables.ts';
import { entryOf, secretParamsOf, useRpc, variablesOf } from './state/rpc-store.ts';
import { addSaved } from './state/saved.ts';

const largestImportBytes = 4_194_304;

function text() {
  return i18next.getFixedT(null, 'rpc');
}

/** The call with its variables put in; secret ones stay references, so that nothing secret gets onto the clipboard. */
function written(content: RequestContent): WrittenCall | undefined {
  const parsed = parseJsonText(content.text.trim() === '' ? '{}' : content.text);
  if (!parsed.ok) return undefined;
  const state = useRpc.getState();
  const open = variablesOf(state).filter((variable) => !variable.secret);
  const schema = entryOf(state, content)?.params as JsonSchema | undefined;
  return { ...content, target: addressed(content.target), params: resolveVariables(parsed.value, open, schema) };
}

/** A node by its name, where that is enough: what is copied is read by people. */
function addressed(target: RequestTarget): RequestTarget {
  return target.kind === 'node' ? { kind: 'node', nodeId: addressOf(target.nodeId, useCluster.getState().nodes) } : target;
}

async function copyCall(content: RequestContent, print: (call: WrittenCall) => string): Promise<void> {
  const t = text();
  const call = written(content);
  if (call === undefined) {
    showToast({ title: t('copyNotJson'), tone: 'error' });
    return;
  }
  await copyAndSay(print(call));
}

/** Copies text and says whether it worked. */
export async function copyAndSay(copied: string): Promise<void> {
  const t = text();
  const done = await copyText(copied);
  showToast(done ? { title: t('copiedToast'), message: shortened(copied) } : { title: t('copyRefused'), tone: 'error' });
}

function shortened(copied: string): string {
  const line = copied.trim().replaceAll(/\s+/g, ' ');
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}

/** Copies a request as a `signalbox call` command. */
export function copyAsCli(content: RequestContent): Promise<void> {
  return copyCall(content, cliCommand);
}

/** Copies a request as a call of the TypeScript client. */
export function copyAsTypeScript(content: RequestContent): Promise<void> {
  return copyCall(content, typeScriptCall);
}

/** Saves all saved requests as one JSON file. */
export function exportRequests(): void {
  const state = useRpc.getState();
  const file = writeRequestsFile(state.saved, (content) => secretParamsOf(state, content));
  saveTextFile('signalbox-requests.json', file);
}

/** Adds the requests of a file, and names those that are not right. */
export async function importRequests(file: File): Promise<void> {
  const t = text();
  if (file.size > largestImportBytes) {
    showToast({ title: t('importFailed', { file: file.name }), message: t('import_too-large'), tone: 'error' });
    return;
  }
  const { data, errors } = readRequestsFile(
    await file.text(),
    useRpc.getState().saved.map((request) => request.name),
  );
  if (data.length > 0) {
    addSaved(data);
    showToast({ title: t('imported', { count: data.length }) });
  }
  if (errors.length === 0) return;
  const reasons = errors
    .slice(0, 5)
    .map((error) => t(`import_${error.problem}`, { position: error.position, name: error.name ?? t('unnamed'), detail: error.detail }));
  showToast({
    title: data.length > 0 ? t('importPartly', { count: errors.length }) : t('importFailed', { file: file.name }),
    message: reasons.join('\n'),
    tone: 'error',
  });
}
