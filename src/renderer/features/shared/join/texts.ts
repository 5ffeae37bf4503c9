import texts from '../../../i18n/en/join.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('join', texts);
