import { ConfirmDialog } from '../../../design/feedback/dialog.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { useNode } from '../../../state/node.ts';
import { dangerOf } from '../model/danger.ts';
import { shortJson } from '../model/json-preview.ts';
import { prepare } from '../state/prepare.ts';
import { entryOf, useRpc, variablesOf } from '../state/rpc-store.ts';
import { answerConfirmation } from '../state/sending.ts';

const longestParams = 160;

/** Asks before a method that destroys something is called. */
export function ConfirmCall() {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const tab = useRpc((state) => state.tabs.find((known) => known.id === state.confirmingTabId));
  const entry = useRpc((state) => (tab === undefined ? undefined : entryOf(state, tab.content.method)));
  const variables = useRpc(variablesOf);
  const status = useNode((state) => state.status);
  if (tab === undefined || entry === undefined) return null;
  const prepared = prepare(tab.content, entry, variables);
  const node = status?.name ?? common('thisNode');
  const danger = dangerOf(entry, status?.environment);
  return (
    <ConfirmDialog
      confirmation={{
        title: t('confirmTitle', { method: entry.method }),
        message: (
          <>
            {entry.help} {tab.content.target === 'all' ? t('confirmAll') : t('confirmOn', { node })}
          </>
        ),
        effects: [
          [t('params'), prepared.ok ? shortJson(prepared.params, longestParams) : ''],
          [t('confirmUndo'), t('confirmUndoNone')],
          [t('confirmRecord'), t('confirmRecordAudit')],
        ],
        verb: t('confirmVerb', { method: entry.method }),
        cancel: common('cancel'),
        ...(danger === 3 && { typeToConfirm: { label: t('confirmType', { method: entry.method }), value: entry.method } }),
      }}
      onAnswer={answerConfirmation}
    />
  );
}
