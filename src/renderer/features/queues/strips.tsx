import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';

/** Groups named in one line. */
const mostNames = 3;

/** Some groups do not answer: their queues are missing, or shown as last seen. */
export function UnreachableStrip(props: { readonly unreachable: ReadonlyMap<string, string>; readonly onRetry: () => void }) {
  const { t } = useTranslation('queues');
  const { t: common } = useTranslation('common');
  const [first] = props.unreachable;
  if (first === undefined) return null;
  const [groupId, reason] = first;
  const count = props.unreachable.size;
  const names = [...props.unreachable.keys()].slice(0, mostNames).join(', ');
  return (
    <Strip
      tone="warn"
      icon={<StateShape kind="warn" />}
      fact={t('unreachable', { count, groups: count > mostNames ? t('andMore', { names, count: count - mostNames }) : names })}
      act={
        <button type="button" className="sb-link" onClick={props.onRetry}>
          {common('tryAgain')}
        </button>
      }
    >
      {count === 1 ? t('unreachableWhy', { group: groupId, reason }) : t('unreachableMissing')}
    </Strip>
  );
}
