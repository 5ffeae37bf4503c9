import texts from '../../i18n/en/settings.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('settings', texts);
