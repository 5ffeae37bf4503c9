import texts from '../../i18n/en/removed.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('removed', texts);
