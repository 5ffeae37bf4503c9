import texts from '../../i18n/en/events.json' with { type: 'json' };
import { addTexts } from '../../i18n/index.ts';

addTexts('events', texts);
