import texts from '../../../i18n/en/topology.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('topology', texts);
