import { useTranslation } from '../../i18n/index.ts';

/** Which step this is, the question, and one sentence. */
export function StepHead(props: { readonly step: 1 | 2 | 3; readonly title: string; readonly lead: string }) {
  const { t } = useTranslation('firstRun');
  return (
    <header className="fr-head">
      <p className="sb-cap">{t('step', { step: props.step, rest: t(`rest_${props.step}`) })}</p>
      <h1>{props.title}</h1>
      <p className="sb-2">{props.lead}</p>
    </header>
  );
}
