import { goTo } from '../../../app/routes.ts';
import { Button } from '../../../design/controls/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { Part } from './part.tsx';

/** The way back to the first run, with its checks and the demo. */
export function FirstRunPart() {
  const { t } = useTranslation('settings');
  return (
    <Part title={t('firstRun')} help={t('firstRunHelp')}>
      <Button variant="default" onClick={() => goTo('first-run')}>
        {t('firstRunOpen')}
      </Button>
    </Part>
  );
}
