import texts from '../../../i18n/en/peers.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('peers', texts);
