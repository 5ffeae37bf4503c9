import texts from '../../i18n/en/sign-in.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('signIn', texts);
