import { useEffect, useState } from 'react';
import { Button, Checkbox } from '../../../design/controls/index.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { JsonView } from '../../../design/data/json-view.tsx';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { formatBytes } from '../../../state/format.ts';
import { nodeClient, useNode } from '../../../state/node.ts';
import { type BundlePart, bundleContent, bundleParts, bundleText, partBytes } from './support-bundle.ts';

type Content = Readonly<Record<BundlePart, unknown>>;

const logLines = 500;

async function collect(): Promise<{ readonly content: Content; readonly madeAtMs: number }> {
  const client = nodeClient();
  const [status, info, processes, schema, activity, log] = await Promise.all([
    client.call('node.status', {}),
    client.call('system.info', {}),
    client.call('system.processes', {}),
    client.call('config.schema', {}),
    client.call('rpc.activity', { limit: 1 }),
    client.call('logs.tail', { name: 'all', lines: logLines }),
  ]);
  const madeAtMs = Date.now();
  const console = {
    userAgent: navigator.userAgent,
    language: navigator.language,
    size: `${innerWidth}x${innerHeight}@${devicePixelRatio}`,
  };
  const content = bundleContent({
    madeAtMs,
    status,
    info,
    processes,
    settings: schema.settings,
    methods: activity.methods,
    log: log.entries,
    console,
  });
  return { content, madeAtMs };
}

/** Shows what would be in the file, part by part, before anything is saved. */
export function SupportBundleDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('settings');
  const { t: common } = useTranslation('common');
  const [made, setMade] = useState<{ readonly content: Content; readonly madeAtMs: number }>();
  const [failure, setFailure] = useState<string>();
  const [chosen, setChosen] = useState<ReadonlySet<BundlePart>>(new Set(bundleParts));
  const [shown, setShown] = useState<BundlePart>('status');
  const node = useNode(({ status }) => status?.name) ?? 'node';
  useEffect(() => {
    collect().then(setMade, (error: unknown) => setFailure(asSignalboxError(error).message));
  }, []);
  const toggle = (part: BundlePart) =>
    setChosen((before) => new Set(before.has(part) ? [...before].filter((one) => one !== part) : [...before, part]));
  const text = made === undefined ? '' : bundleText(made.content, chosen, made.madeAtMs);
  const save = () => {
    saveTextFile(`${node}-support-${new Date(made?.madeAtMs ?? 0).toISOString().slice(0, 10)}.json`, text);
    onClose();
  };
  return (
    <Dialog title={t('bundleTitle')} opened onClose={onClose} closeLabel={common('close')} widthPx={760}>
      <div className="st-form">
        <p className="sb-2 st-dialog-text">{t('bundleHelp')}</p>
        <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
        {made === undefined && failure === undefined && (
          <Loading rows={4} asking={(seconds) => common('asking', { node, seconds })} cancelLabel={common('cancel')} onCancel={onClose} />
        )}
        {made !== undefined && (
          <div className="st-bundle">
            <ul>
              {bundleParts.map((part) => (
                <li key={part} className="sb-flex" aria-current={part === shown ? 'true' : undefined}>
                  <Checkbox
                    checked={chosen.has(part)}
                    onChange={() => toggle(part)}
                    aria-label={t('bundleInclude', { part: t(`bundle_${part}`) })}
                  />
                  <button type="button" className="st-bundle-part" onClick={() => setShown(part)}>
                    <span className="sb-clip sb-grow">{t(`bundle_${part}`)}</span>
                    <span className="sb-3 sb-num">{formatBytes(partBytes(made.content[part]))}</span>
                  </button>
                </li>
              ))}
            </ul>
            <JsonView text={JSON.stringify(made.content[shown], null, 2)} label={t(`bundle_${shown}`)} />
          </div>
        )}
        <div className="sb-flex st-end">
          <span className="sb-3 sb-grow">{made !== undefined && t('bundleSize', { size: formatBytes(text.length) })}</span>
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button disabled={made === undefined || chosen.size === 0} onClick={save}>
            {t('bundleSave')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
