import { useTranslation } from '../../../i18n/index.ts';

/** There are rows, and the filter shows none of them. */
export function NothingMatches(props: { readonly filter: string; readonly onClear: () => void }) {
  const { t } = useTranslation('cluster');
  const { t: common } = useTranslation('common');
  return (
    <div className="sb-empty">
      <h2>{t('noMatch', { text: props.filter })}</h2>
      <button type="button" className="sb-link" onClick={props.onClear}>
        {common('clearFilter')}
      </button>
    </div>
  );
}
