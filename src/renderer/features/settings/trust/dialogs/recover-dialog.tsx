import { type FormEvent, useState } from 'react';
import { Button, Textarea } from '../../../../design/controls/index.ts';
import { Dialog } from '../../../../design/feedback/dialog.tsx';
import { showToast } from '../../../../design/feedback/toast.ts';
import { StateLabel } from '../../../../design/icons/index.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { asSignalboxError } from '../../../../state/as-signalbox-error.ts';
import { membershipChanged } from '../../../../state/membership.ts';
import { nodeClient } from '../../../../state/node.ts';

const wordCount = 24;

/** Makes this node an admin with the recovery words. They stay in this dialog's memory for as long as it is open. */
export function RecoverDialog({ cluster, onClose }: { readonly cluster: string; readonly onClose: () => void }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [text, setText] = useState('');
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setWorking(true);
    setFailure(undefined);
    try {
      const { name } = await nodeClient().call('membership.recover', { words });
      onClose();
      showToast({ title: t('recovered', { name, cluster }) });
      membershipChanged();
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <Dialog title={t('recoverTitle', { cluster })} opened onClose={onClose} closeLabel={common('close')} widthPx={520}>
      <form className="st-form" onSubmit={(event) => void submit(event)}>
        <p className="sb-2 tr-help">{t('recoverHelp')}</p>
        <Textarea
          label={t('recoveryWords')}
          description={t('recoverCount', { count: words.length })}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          rows={4}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
        <div className="sb-flex st-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={working} disabled={words.length !== wordCount}>
            {t('recoverVerb')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
