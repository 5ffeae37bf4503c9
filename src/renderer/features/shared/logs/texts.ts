import texts from '../../../i18n/en/logs.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('logs', texts);
