import texts from '../../i18n/en/nodes.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('nodes', texts);
