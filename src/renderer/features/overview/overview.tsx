import { ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';

export function Overview() {
  const { t } = useTranslation('overview');
  return <ViewBar title={t('title')} />;
}
