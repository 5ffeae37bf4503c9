import texts from '../../i18n/en/membership.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('membership', texts);
