/** What can be taken away from requests: one as a command for a terminal, those that are listed as a file. */

import type { TunnelInfo, TunnelRequest, TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { schemeOf, toCurl, toHar } from '../../../../common/http-exchange/index.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { i18next } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { formatCount } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { copyAndSay } from '../copy-acts.ts';

const t = i18next.getFixedT(null, 'tunnels');

/** Requests in one file at most: each is asked for by itself. */
const mostInFile = 500;
const atOnce = 8;
/** The terminal of a Windows machine quotes otherwise. */
const isWindows = /windows/i.test(navigator.userAgent);

type Place = { readonly serviceId?: string };

function detailOf(at: Place, requestId: string): Promise<TunnelRequestDetail> {
  return nodeClient().call('tunnels.request', { requestId }, at);
}

/** Puts a request on the clipboard as a `curl` command. */
export async function copyAsCurl(at: Place, tunnel: TunnelInfo, requestId: string): Promise<void> {
  try {
    const detail = await detailOf(at, requestId);
    const { command, notes } = toCurl(detail, schemeOf(tunnel.publicUrls), isWindows ? 'powershell' : 'posix');
    await copyAndSay(command, t('curl'), notes.join(' '));
  } catch (error) {
    showToast({ title: t('curlFailed'), message: asSignalboxError(error).message, tone: 'error' });
  }
}

/** Saves requests as a HAR file, with what was captured of each. Those that the node no longer keeps are left out and counted. */
export async function exportHar(at: Place, tunnel: TunnelInfo, rows: readonly TunnelRequest[]): Promise<void> {
  const wanted = rows.filter(({ kind }) => kind !== 'tcp').slice(0, mostInFile);
  const details: TunnelRequestDetail[] = [];
  let failure: unknown;
  for (let start = 0; start < wanted.length; start += atOnce) {
    const answers = await Promise.allSettled(wanted.slice(start, start + atOnce).map(({ requestId }) => detailOf(at, requestId)));
    for (const answer of answers) {
      if (answer.status === 'fulfilled') details.push(answer.value);
      else failure = answer.reason;
    }
  }
  if (details.length === 0) {
    showToast({ title: t('harFailed'), message: failure === undefined ? t('harNone') : asSignalboxError(failure).message, tone: 'error' });
    return;
  }
  const version = useNode.getState().status?.version ?? '';
  saveTextFile(`${tunnel.agentId}.har`, JSON.stringify(toHar(details, schemeOf(tunnel.publicUrls), version), null, 2));
  const missing = wanted.length - details.length;
  const words = { count: details.length, amount: formatCount(details.length) };
  showToast({
    title: t('harSaved', words),
    ...(missing > 0 && { message: t('harMissing', { count: missing, amount: formatCount(missing) }) }),
  });
}
