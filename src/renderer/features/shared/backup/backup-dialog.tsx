import './backup.css';
import './texts.ts';
import { type FormEvent, useState } from 'react';
import { Button, PasswordInput } from '../../../design/controls/index.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { showToast } from '../../../design/feedback/toast.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';
import { useHints } from '../../../state/hints.ts';
import { nodeClient } from '../../../state/node.ts';

/** As the node has it. */
const shortestPassphrase = 12;
/** Wrapping with a passphrase is slow on purpose. */
const timeoutMs = 30_000;

/** Makes a backup of who this node is, under a passphrase, and saves it as a file. @param props.onDone called once the file was made */
export function BackupDialog(props: { readonly onClose: () => void; readonly onDone?: () => void }) {
  const { t } = useTranslation('backup');
  const { t: common } = useTranslation('common');
  const [passphrase, setPassphrase] = useState('');
  const [repeated, setRepeated] = useState('');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const problems = {
    passphrase: passphrase.length < shortestPassphrase ? t('short') : undefined,
    repeated: passphrase !== repeated ? t('differ') : undefined,
  };
  const leave = (field: keyof typeof problems, value: string) => {
    if (value !== '') setLeft((before) => new Set([...before, field]));
  };
  const shown = (field: keyof typeof problems) =>
    problems[field] !== undefined && left.has(field) ? <StateLabel kind="failed">{problems[field]}</StateLabel> : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setLeft(new Set(Object.keys(problems)));
    if (problems.passphrase !== undefined || problems.repeated !== undefined) return;
    setWorking(true);
    setFailure(undefined);
    try {
      const { file, name } = await nodeClient().call('identity.backup', { passphrase }, { timeoutMs });
      saveTextFile(name, file);
      useHints.setState({ backedUp: true });
      showToast({ title: t('saved', { name }), message: t('savedDetail', { name }) });
      props.onDone?.();
      props.onClose();
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <Dialog title={t('title')} opened onClose={props.onClose} closeLabel={common('close')} widthPx={480}>
      <form className="bk-form" onSubmit={(event) => void submit(event)} noValidate>
        <p className="sb-2">{t('help')}</p>
        <PasswordInput
          label={t('passphrase')}
          description={t('passphraseHelp')}
          data-autofocus
          autoComplete="new-password"
          value={passphrase}
          error={shown('passphrase')}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          onBlur={() => leave('passphrase', passphrase)}
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
        />
        <PasswordInput
          label={t('again')}
          autoComplete="new-password"
          value={repeated}
          error={shown('repeated')}
          onChange={(event) => setRepeated(event.currentTarget.value)}
          onBlur={() => leave('repeated', repeated)}
          visibilityToggleButtonProps={{ 'aria-label': t('showAgain') }}
        />
        <p className="sb-2">{t('warn')}</p>
        <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
        <div className="sb-flex bk-end">
          <Button variant="default" onClick={props.onClose}>
            {common('cancel')}
          </Button>
          <Button type="submit" loading={working}>
            {t('verb')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
