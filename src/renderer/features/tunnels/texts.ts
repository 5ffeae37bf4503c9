import texts from '../../i18n/en/tunnels.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('tunnels', texts);
