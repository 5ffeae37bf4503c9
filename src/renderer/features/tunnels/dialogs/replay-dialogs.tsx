import { useEffect, useState } from 'react';
import type { ParamsOf } from '../../../../common/contract/index.ts';
import type { TunnelInfo, TunnelRequestDetail } from '../../../../common/contract/tunnels.ts';
import { Autocomplete, Textarea, TextInput } from '../../../design/controls/index.ts';
import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { i18next, useTranslation } from '../../../i18n/index.ts';
import { formatBytes } from '../../../state/format.ts';
import { nodeClient } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { targetText } from '../model/address.ts';
import { redactedNames } from '../model/exchange.ts';
import { bodyIsEditable, type ReplayField, readReplay, replayFormOf } from '../model/replay-form.ts';
import { isSafe } from '../model/request-words.ts';
import { showRequests } from '../tunnels-route.ts';
import { atNode } from '../use-tunnels-data.ts';

export interface ReplayDialogProps {
  readonly tunnel: TunnelInfo;
  readonly ownId: string | undefined;
  readonly requestId: string;
  readonly onClose: () => void;
}

/** The local service may take its time. */
const timeoutMs = 60_000;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const t = i18next.getFixedT(null, 'tunnels');

/** Sends a request again and looks at the new one. @throws SignalboxError of `tunnels.replay` */
async function send({ tunnel, ownId }: Pick<ReplayDialogProps, 'tunnel' | 'ownId'>, params: ParamsOf<'tunnels.replay'>): Promise<void> {
  const { requestId, withheldHeaders } = await nodeClient().call('tunnels.replay', params, { timeoutMs, ...atNode(tunnel.nodeId, ownId) });
  showToast({
    title: t('wasReplayed', { service: targetText(tunnel.target) }),
    ...(withheldHeaders.length > 0 && { message: t('withheld', { names: withheldHeaders.join(', ') }) }),
  });
  showRequests({ request: requestId });
}

function useDetail({ tunnel, ownId, requestId }: ReplayDialogProps) {
  return useCall('tunnels.request', { requestId }, { nodeId: tunnel.nodeId === ownId ? undefined : tunnel.nodeId });
}

/** Sends the request again as it was. What only reads is sent at once; anything else asks first (ui.md 4.6, level 2). */
export function ReplayDialog(props: ReplayDialogProps) {
  const { t: words } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const { state } = useDetail(props);
  const { tunnel, onClose, requestId } = props;
  const detail = dataOf(state);
  const safe = detail !== undefined && isSafe(detail.method);
  const failure = state.kind === 'error' ? state.error.message : undefined;
  const run = () => {
    onClose();
    send(props, { requestId }).catch((error: Error) => showToast({ title: t('notReplayed'), message: error.message, tone: 'error' }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as the method is known
  useEffect(() => {
    if (safe) run();
    else if (failure !== undefined) {
      onClose();
      showToast({ title: t('notReplayed'), message: failure, tone: 'error' });
    }
  }, [safe, failure]);
  if (detail === undefined || safe) return null;
  return (
    <ConfirmDialog
      confirmation={{
        title: words('replayTitle', { method: detail.method }),
        message: words('replayMessage', { method: detail.method, path: detail.path }),
        effects: [
          [words('effect_goesTo'), words('replayTo', { target: `${tunnel.target.host}:${tunnel.target.port}` })],
          [words('effect_carries'), words('replayCarries', { id: requestId })],
          [words('effect_without'), hiddenNames(detail) === '' ? words('nothing') : hiddenNames(detail)],
          [words('effect_body'), bodyWords(detail)],
        ],
        verb: words('replayVerb'),
        harmless: true,
        cancel: common('cancel'),
      }}
      onAnswer={(yes) => {
        if (yes) run();
        else onClose();
      }}
    />
  );
}

/** Headers of the request whose values were hidden. */
function hiddenNames(detail: TunnelRequestDetail): string {
  const hidden = redactedNames(detail);
  return detail.requestHeaders
    .map(([name]) => name.toLowerCase())
    .filter((name) => hidden.has(name))
    .join(', ');
}

function bodyWords({ requestBody, requestBytes, capture }: TunnelRequestDetail): string {
  if (requestBytes === 0) return t('nothing');
  if (requestBody === null) return capture === 'bodies' ? t('nothing') : t('bodyNotKept', { size: formatBytes(requestBytes) });
  return requestBody.truncated ? t('bodyCut', { size: formatBytes(requestBody.sizeBytes) }) : formatBytes(requestBody.sizeBytes);
}

/** The request is written anew and sent: method, path, headers, body. */
export function EditReplayDialog(props: ReplayDialogProps) {
  const { t: words } = useTranslation('tunnels');
  const { state } = useDetail(props);
  const detail = dataOf(state);
  if (state.kind === 'error') return <Unknown message={state.error.message} onClose={props.onClose} title={words('editReplayTitle')} />;
  return detail === undefined ? null : <EditReplay {...props} detail={detail} />;
}

function Unknown(props: { readonly title: string; readonly message: string; readonly onClose: () => void }) {
  return (
    <FormDialog
      title={props.title}
      verb={t('replayVerb')}
      working={false}
      disabled
      failure={props.message}
      onSubmit={() => undefined}
      onClose={props.onClose}
    >
      {null}
    </FormDialog>
  );
}

function EditReplay(props: ReplayDialogProps & { readonly detail: TunnelRequestDetail }) {
  const { t: words } = useTranslation('tunnels');
  const { tunnel, detail, onClose } = props;
  const attempt = useAttempt();
  const [form, setForm] = useState(() => replayFormOf(detail));
  const [checked, setChecked] = useState(false);
  const read = readReplay(detail, form);
  const fault = (field: ReplayField) =>
    checked && 'wrong' in read && read.wrong.includes(field) ? words(`wrong_replay_${field}`) : undefined;
  const editable = bodyIsEditable(detail);
  const submit = () => {
    setChecked(true);
    if ('wrong' in read) return;
    void attempt.run(async () => {
      await send(props, read.params);
      onClose();
    });
  };
  const mono = { classNames: { input: 'sb-mono' }, autoComplete: 'off', spellCheck: false } as const;
  return (
    <FormDialog
      title={words('editReplayTitle')}
      verb={words('replayVerb')}
      widthPx={640}
      careful={!isSafe(form.method)}
      working={attempt.working}
      failure={attempt.failure}
      note={words('replayTo', { target: `${tunnel.target.host}:${tunnel.target.port}` })}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="tu-request-line">
        <Autocomplete
          label={words('field_method')}
          data={methods}
          filter={({ options }) => options}
          value={form.method}
          onChange={(method) => setForm({ ...form, method: method.toUpperCase() })}
          error={fault('method')}
          {...mono}
        />
        <TextInput
          label={words('field_path')}
          value={form.path}
          onChange={(event) => setForm({ ...form, path: event.currentTarget.value })}
          error={fault('path')}
          {...mono}
        />
      </div>
      <Textarea
        label={words('field_headers')}
        value={form.headers}
        onChange={(event) => setForm({ ...form, headers: event.currentTarget.value })}
        error={fault('headers')}
        rows={6}
        {...mono}
      />
      <Textarea
        label={words('field_body')}
        value={form.body}
        onChange={(event) => setForm({ ...form, body: event.currentTarget.value })}
        disabled={!editable}
        rows={7}
        {...mono}
      />
      {!editable && (
        <p className="sb-2">
          <StateShape kind="warn" /> {words('bodyNotEditable')}
        </p>
      )}
      {hiddenNames(detail) !== '' && <p className="sb-3">{words('redactedNotSent', { names: hiddenNames(detail) })}</p>}
    </FormDialog>
  );
}
