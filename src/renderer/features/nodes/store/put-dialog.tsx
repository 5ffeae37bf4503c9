import { useMemo, useState } from 'react';
import { type StoreItem, storeKeyPattern } from '../../../../common/contract/store.ts';
import { MultiSelect, Textarea, TextInput } from '../../../design/controls/index.ts';
import { showToast } from '../../../design/feedback/toast.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { useCluster } from '../../../state/cluster.ts';
import { nodeClient } from '../../../state/node.ts';
import { dataOf, useCall } from '../../../state/use-call.ts';
import { writeTimeoutMs } from '../../shared/act.ts';
import { FormDialog } from '../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../shared/form/use-attempt.ts';
import { useStorePlace } from './store-place.ts';

/** Most nodes that keep a copy (contract of `store.put`). */
const mostCopies = 16;

interface PutDialogProps {
  /** The value that is changed; undefined: a new one. */
  readonly item: StoreItem | undefined;
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** Stores a text under a key. One that was changed by somebody else meanwhile is not overwritten. */
export function PutDialog({ item, refresh, onClose }: PutDialogProps) {
  const { t } = useTranslation('store');
  const { nodeId: place } = useStorePlace();
  const { state } = useCall('store.get', { key: item?.key ?? '-' }, { enabled: item !== undefined, nodeId: place });
  const before = dataOf(state);
  const nodes = useCluster((cluster) => cluster.nodes);
  const [key, setKey] = useState(item?.key ?? '');
  const [typed, setTyped] = useState<string>();
  const [copies, setCopies] = useState<string[]>(() => item?.replicas.map(({ nodeId }) => nodeId) ?? []);
  const [tried, setTried] = useState(false);
  const { working, failure, run } = useAttempt();
  const isBytes = before?.encoding === 'base64';
  const value = typed ?? (isBytes ? '' : (before?.value ?? ''));
  const isKeyWrong = !storeKeyPattern.test(key);
  const choices = useMemo(() => {
    const known = new Map(item?.replicas.map(({ nodeId, name }) => [nodeId, name]));
    for (const { nodeId, name, self } of nodes) if (place === undefined ? !self : nodeId !== place) known.set(nodeId, name);
    return [...known].map(([nodeId, label]) => ({ value: nodeId, label }));
  }, [nodes, item, place]);
  const submit = () => {
    setTried(true);
    if (isKeyWrong) return;
    void run(async () => {
      const ifVersion = item === undefined ? 0 : (before?.version ?? item.version);
      await nodeClient().call(
        'store.put',
        { key, value, replicas: copies, ifVersion },
        { timeoutMs: writeTimeoutMs, ...(place !== undefined && { serviceId: place }) },
      );
      refresh();
      onClose();
      showToast({ title: t('stored', { key }) });
    });
  };
  return (
    <FormDialog
      title={item === undefined ? t('putTitle') : t('changeTitle', { key: item.key })}
      verb={t('putVerb')}
      working={working}
      disabled={item !== undefined && before === undefined}
      failure={failure ?? (state.kind === 'error' ? state.error.message : undefined)}
      onSubmit={submit}
      onClose={onClose}
    >
      {item === undefined && (
        <TextInput
          label={t('col_key')}
          description={t('keyHelp')}
          placeholder="site/contact"
          value={key}
          maxLength={256}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={tried && isKeyWrong ? t('fault_key') : undefined}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <Textarea
        label={t('value')}
        description={isBytes ? t('bytesHelp') : t('valueHelp')}
        value={value}
        onChange={(event) => setTyped(event.currentTarget.value)}
        rows={6}
        spellCheck={false}
      />
      <MultiSelect
        label={t('col_copies')}
        description={t('copiesHelp')}
        data={choices}
        value={copies}
        onChange={setCopies}
        maxValues={mostCopies}
        searchable
      />
    </FormDialog>
  );
}
