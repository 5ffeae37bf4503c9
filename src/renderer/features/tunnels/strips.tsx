import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useNodeNames } from '../../state/node-names.ts';
import type { SilentNode } from '../shared/tunnels/gathered.ts';

/** Nodes named in one line. */
const mostNames = 3;

/** Some nodes did not say which tunnels they have: theirs are missing, or shown as last seen. */
export function SilentStrip(props: { readonly silent: readonly SilentNode[]; readonly answered: number; readonly onRetry: () => void }) {
  const { t } = useTranslation('tunnels');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const { silent, answered } = props;
  if (silent.length === 0) return null;
  const names = silent.slice(0, mostNames).map(({ nodeId, code }) => (code === undefined ? nameOf(nodeId) : `${nameOf(nodeId)} (${code})`));
  const more = silent.length - names.length;
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('partialFact', { answered, count: answered + silent.length })}
      act={
        <button type="button" className="sb-link" onClick={props.onRetry}>
          {common('tryAgain')}
        </button>
      }
    >
      {t('partialDetail', { names: more > 0 ? t('namesAndMore', { names: names.join(', '), count: more }) : names.join(', ') })}
    </Strip>
  );
}
