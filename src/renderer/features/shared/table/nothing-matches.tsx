import { Button } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';

/** There are rows, and the filter leaves none of them. @param props.title that says so, with the filter */
export function NothingMatches({ title, onClear }: { readonly title: string; readonly onClear: () => void }) {
  const { t } = useTranslation('common');
  return (
    <div className="sb-empty sb-anywhere" role="status">
      <h2>{title}</h2>
      <Button variant="default" onClick={onClear}>
        {t('clearFilter')}
      </Button>
    </div>
  );
}
