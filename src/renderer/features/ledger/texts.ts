import texts from '../../i18n/en/ledger.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('ledger', texts);
