import texts from '../../../i18n/en/backup.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('backup', texts);
