import { type FormEvent, useState } from 'react';
import { Button, TextInput } from '../../../design/controls/index.ts';
import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { asSignalboxError } from '../../../state/as-signalbox-error.ts';

/** Names the cluster. Nothing is made before the button. */
export function NameStep(props: { readonly onCreate: (name: string) => Promise<void>; readonly onCancel: () => void }) {
  const { t } = useTranslation('membership');
  const { t: common } = useTranslation('common');
  const [name, setName] = useState('');
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setWorking(true);
    setFailure(undefined);
    try {
      await props.onCreate(name.trim());
    } catch (error) {
      setFailure(asSignalboxError(error).message);
      setWorking(false);
    }
  };
  return (
    <form className="cc-form" onSubmit={(event) => void submit(event)}>
      <p className="sb-2">{t('createHelp')}</p>
      <TextInput
        label={t('clusterName')}
        description={t('clusterNameHelp')}
        data-autofocus
        autoComplete="off"
        maxLength={128}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div role="alert">{failure !== undefined && <StateLabel kind="failed">{failure}</StateLabel>}</div>
      <div className="sb-flex" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={props.onCancel}>
          {common('cancel')}
        </Button>
        <Button type="submit" loading={working} disabled={name.trim() === ''}>
          {t('createVerb')}
        </Button>
      </div>
    </form>
  );
}
