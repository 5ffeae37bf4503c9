import type { TFunction } from 'i18next';
import type { Action } from '../../app/actions/registry.ts';
import { goTo } from '../../app/routes.ts';
import { rangeNames } from './model/ranges.ts';
import { copySnapshot, saveSnapshot } from './snapshot-acts.ts';

/** The acts of the Overview for palette and menus. */
export function overviewActions(t: TFunction<'overview'>): readonly Action[] {
  const act = (id: string, title: string, run: () => void): Action => ({ id: `overview.${id}`, group: 'act', title, danger: 0, run });
  return [
    act('copySnapshot', t('snapshot'), () => void copySnapshot('md')),
    act('copySnapshotJson', t('snapshotJson'), () => void copySnapshot('json')),
    act('saveSnapshot', t('snapshotSaveMarkdown'), () => void saveSnapshot('md')),
    act('saveSnapshotJson', t('snapshotSaveJson'), () => void saveSnapshot('json')),
    ...rangeNames.map((range) => act(`range.${range}`, t('rangeAct', { range: t(`range_${range}`) }), () => goTo('overview', { range }))),
  ];
}
