import { useMemo, useState } from 'react';
import type { PeerInfo } from '../../../../../common/contract/peers.ts';
import { Autocomplete, TextInput } from '../../../../design/controls/index.ts';
import { showToast } from '../../../../design/feedback/toast.ts';
import { useTranslation } from '../../../../i18n/index.ts';
import { useCluster } from '../../../../state/cluster.ts';
import { nodeClient } from '../../../../state/node.ts';
import { writeTimeoutMs } from '../../../shared/act.ts';
import { FormDialog } from '../../../shared/form/form-dialog.tsx';
import { useAttempt } from '../../../shared/form/use-attempt.ts';
import { isAddress } from '../../../shared/join/model/address.ts';
import { showPeer } from '../peers-route.ts';

/** Longest name or id that the contract takes. */
const longestNode = 128;

interface AddPeerDialogProps {
  readonly peers: readonly PeerInfo[];
  readonly refresh: () => void;
  readonly onClose: () => void;
}

/** Keeps a node as a peer, by name or id, with where it may answer. */
export function AddPeerDialog({ peers, refresh, onClose }: AddPeerDialogProps) {
  const { t } = useTranslation('peers');
  const nodes = useCluster((state) => state.nodes);
  const [node, setNode] = useState('');
  const [address, setAddress] = useState('');
  const [tried, setTried] = useState(false);
  const { working, failure, run } = useAttempt();
  const suggested = useMemo(() => suggestionsOf(nodes, peers), [nodes, peers]);
  const isNodeMissing = node.trim() === '';
  const isAddressWrong = address.trim() !== '' && !isAddress(address);
  const submit = () => {
    setTried(true);
    if (isNodeMissing || isAddressWrong) return;
    void run(async () => {
      const place = address.trim();
      const peer = await nodeClient().call(
        'peers.add',
        { node: node.trim(), ...(place !== '' && { address: place }) },
        { timeoutMs: writeTimeoutMs },
      );
      refresh();
      onClose();
      showPeer(peer.nodeId, true);
      showToast({ title: t('added', { name: peer.name }) });
    });
  };
  return (
    <FormDialog title={t('addTitle')} verb={t('addVerb')} working={working} failure={failure} onSubmit={submit} onClose={onClose}>
      <p className="sb-2">{t('addText')}</p>
      <Autocomplete
        label={t('addNode')}
        description={t('addNodeHelp')}
        data={suggested}
        value={node}
        onChange={setNode}
        error={tried && isNodeMissing ? t('fault_node') : undefined}
        maxLength={longestNode}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
      />
      <TextInput
        label={t('addAddress')}
        description={t('addAddressHelp')}
        placeholder="192.0.2.10:7422"
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
        error={tried && isAddressWrong ? t('fault_address') : undefined}
        autoComplete="off"
        spellCheck={false}
      />
    </FormDialog>
  );
}

/** Nodes that are no kept peers yet, those that a person removed included. Only names that one node has. */
function suggestionsOf(
  nodes: readonly { readonly name: string; readonly nodeId: string; readonly self: boolean }[],
  peers: readonly PeerInfo[],
): string[] {
  const kept = new Set(peers.filter(({ pinned, removed }) => pinned && !removed).map(({ nodeId }) => nodeId));
  const known = new Map<string, string>();
  for (const { nodeId, name, self } of nodes) if (!self) known.set(nodeId, name);
  for (const { nodeId, name } of peers) known.set(nodeId, name);
  const names = [...known].filter(([nodeId]) => !kept.has(nodeId)).map(([, name]) => name);
  return names.filter((name, index) => names.indexOf(name) === index && names.lastIndexOf(name) === index).sort();
}
