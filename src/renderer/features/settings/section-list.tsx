import type { ReactNode } from 'react';
import { goTo } from '../../app/routes.ts';
import {
  IconAdjustments,
  IconFileText,
  IconGauge,
  IconHistory,
  IconInfoCircle,
  IconKeyboard,
  IconShieldLock,
  IconStethoscope,
  IconSun,
  IconTopologyStar3,
  IconUsers,
  IconWorld,
} from '../../design/icons/index.ts';
import { useTranslation } from '../../i18n/index.ts';
import { type Section, sections } from './model/sections.ts';
import { useSectionName } from './use-section-name.ts';

const icon = { size: 16, stroke: 1.5 };
const icons: Record<Section, ReactNode> = {
  general: <IconAdjustments {...icon} />,
  appearance: <IconSun {...icon} />,
  network: <IconWorld {...icon} />,
  federation: <IconTopologyStar3 {...icon} />,
  trust: <IconShieldLock {...icon} />,
  users: <IconUsers {...icon} />,
  limits: <IconGauge {...icon} />,
  logs: <IconFileText {...icon} />,
  diagnostics: <IconStethoscope {...icon} />,
  audit: <IconHistory {...icon} />,
  shortcuts: <IconKeyboard {...icon} />,
  about: <IconInfoCircle {...icon} />,
};

/** The sections at the left. */
export function SectionList(props: {
  readonly current: Section | undefined;
  /** Sections with settings that wait for a restart or were typed and not saved. */
  readonly marked: ReadonlySet<Section>;
  readonly onGo: () => void;
}) {
  const { t } = useTranslation('settings');
  const sectionName = useSectionName();
  return (
    <nav className="st-sections sb-scroll" aria-label={t('sections')}>
      {sections.map((section) => (
        <button
          key={section}
          type="button"
          aria-current={props.current === section ? 'page' : undefined}
          onClick={() => {
            props.onGo();
            goTo('settings', { section });
          }}
        >
          {icons[section]}
          <span className="sb-clip sb-grow">{sectionName(section)}</span>
          {props.marked.has(section) && <span className="st-dot" role="img" aria-label={t('unfinished')} title={t('unfinished')} />}
        </button>
      ))}
    </nav>
  );
}
