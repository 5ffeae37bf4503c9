import texts from '../../i18n/en/first-run.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('firstRun', texts);
