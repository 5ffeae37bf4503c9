import { ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';

export function Events() {
  const { t } = useTranslation('events');
  return <ViewBar title={t('title')} />;
}
