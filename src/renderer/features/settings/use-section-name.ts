import { useTranslation } from '../../i18n/index.ts';
import type { Section } from './model/sections.ts';

/** What a section of the settings is called. The names belong to the frame: the palette knows them before the settings are loaded. */
export function useSectionName(): (section: Section) => string {
  const { t } = useTranslation('frame');
  return (section) => t(`section_${section}`);
}
