import texts from '../../i18n/en/queues.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('queues', texts);
