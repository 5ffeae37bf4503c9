import texts from '../../../i18n/en/cluster.json' with { type: 'json' };
import { addTexts } from '../../../i18n/index.ts';

addTexts('cluster', texts);
