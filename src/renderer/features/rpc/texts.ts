import texts from '../../i18n/en/rpc.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('rpc', texts);
