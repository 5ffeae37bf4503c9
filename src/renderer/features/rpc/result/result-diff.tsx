import { Empty } from '../../../design/feedback/states.tsx';
import { IconHistory } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatTime } from '../../../state/format.ts';
import { DiffList } from './diff-list.tsx';

/** What changed since the answer before, member by member. */
export function ResultDiff(props: {
  readonly now: unknown;
  readonly before: { readonly data: unknown; readonly atMs: number } | undefined;
}) {
  const { t } = useTranslation('rpc');
  if (props.before === undefined) {
    return (
      <Empty icon={<IconHistory size={24} stroke={1.5} />} title={t('diffNone')}>
        {t('diffNoneHelp')}
      </Empty>
    );
  }
  const time = formatTime(props.before.atMs);
  return (
    <DiffList
      before={props.before.data}
      after={props.now}
      same={t('diffSame', { time })}
      count={(count) => t('diffCount', { count, time })}
      was={(value) => t('diffBefore', { value })}
    />
  );
}
