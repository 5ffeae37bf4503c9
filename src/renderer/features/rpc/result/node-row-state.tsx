import { StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import type { NodeRow } from '../model/node-grid.ts';
import { shortOf } from './error-words.ts';

/** The state of one node's part: shape and word. */
export function NodeRowState({ row }: { readonly row: NodeRow }) {
  const { t } = useTranslation('rpc');
  switch (row.state) {
    case 'ok':
      return <StateLabel kind="online">{t('outcome_ok')}</StateLabel>;
    case 'waiting':
      return <StateLabel kind="running">{t('nodeWaiting')}</StateLabel>;
    case 'offline':
      return <StateLabel kind="offline">{t('errorShort_NODE_UNREACHABLE')}</StateLabel>;
    case 'missing':
      return <StateLabel kind="failed">{t('nodeNoAnswer')}</StateLabel>;
    case 'failed':
      return <StateLabel kind="failed">{t(`errorShort_${shortOf(row.problem?.code ?? '')}`)}</StateLabel>;
  }
}
