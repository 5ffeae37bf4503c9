import { type FormEvent, useState } from 'react';
import { Button, TextInput } from '../../../design/controls/index.ts';
import { Dialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { activeTab, useRpc } from '../state/rpc-store.ts';
import { renameSaved, saveTabAs } from '../state/saved.ts';

const longestName = 120;

/** Asks for the name of a request: to save it, or to give it another. */
export function NameDialog() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const dialog = useRpc((state) => state.dialog);
  const tab = useRpc(activeTab);
  const renamed = useRpc(({ saved }) => (typeof dialog === 'object' ? saved.find((request) => request.id === dialog.rename) : undefined));
  const close = () => useRpc.setState({ dialog: 'none' });
  if (dialog === 'none' || dialog === 'variables') return null;
  return (
    <Dialog title={dialog === 'save' ? t('saveTitle') : t('renameTitle')} opened onClose={close} closeLabel={common('close')} widthPx={380}>
      <NameForm
        initial={renamed?.name ?? tab?.content.method ?? ''}
        submitLabel={dialog === 'save' ? t('save') : t('rename')}
        onSubmit={(name) => {
          if (typeof dialog === 'object') renameSaved(dialog.rename, name);
          else if (tab !== undefined) saveTabAs(tab.id, name);
          close();
        }}
        onCancel={close}
      />
    </Dialog>
  );
}

function NameForm(props: {
  readonly initial: string;
  readonly submitLabel: string;
  readonly onSubmit: (name: string) => void;
  readonly onCancel: () => void;
}) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const [name, setName] = useState(props.initial);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') props.onSubmit(name.trim());
  };
  return (
    <form onSubmit={submit} className="sb-rpc-dialog">
      <TextInput
        label={t('name')}
        value={name}
        maxLength={longestName}
        data-autofocus
        autoComplete="off"
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className="sb-flex sb-rpc-dialog-acts">
        <Button variant="default" onClick={props.onCancel}>
          {common('cancel')}
        </Button>
        <Button type="submit" disabled={name.trim() === ''}>
          {props.submitLabel}
        </Button>
      </div>
    </form>
  );
}
