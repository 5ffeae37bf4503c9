import { ViewBar } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';

export function Rpc() {
  const { t } = useTranslation('rpc');
  return <ViewBar title={t('title')} />;
}
