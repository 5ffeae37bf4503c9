import texts from '../../../i18n/en/store.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('store', texts);
