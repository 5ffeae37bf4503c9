import { useNow } from '../../../app/frame/connection-label.tsx';
import { MenuEntries } from '../../../design/controls/context-menu.tsx';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { ActionIcon, Menu } from '../../../design/controls/index.ts';
import { saveTextFile } from '../../../design/copy-text.ts';
import { IconCopy, IconDownload, StateLabel } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatAge, formatBytes, formatDuration } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';
import { copyAndSay } from '../acts.ts';
import { nodeCsv } from '../model/node-csv.ts';
import type { NodeGrid } from '../model/node-grid.ts';
import { useTargetName } from '../request/target-picker.tsx';
import type { Run } from '../state/run.ts';
import { shortOf } from './error-words.ts';

/** State, time, size and node of an answer; copy and save. */
export function ResultStatus({ run, grid }: { readonly run: Run; readonly grid: NodeGrid | undefined }) {
  const { t } = useTranslation('rpc');
  const nameOf = useNodeNames();
  const labelOf = useTargetName();
  const running = run.state === 'running';
  const nowMs = useNow(running);
  const time = running ? formatAge(nowMs - run.startedAtMs) : formatDuration(run.durationMs);
  const facts = [
    grid?.slowestMs !== undefined && !running ? t('slowest', { time: formatDuration(grid.slowestMs) }) : time,
    run.state === 'ok' ? formatBytes(run.bytes) : undefined,
    grid !== undefined ? undefined : run.answeredBy === undefined ? labelOf(run.target) : nameOf(run.answeredBy),
  ].filter((fact) => fact !== undefined);
  return (
    <div className="sb-flex sb-rpc-status" role="status">
      <RunState run={run} grid={grid} />
      <span className="sb-3 sb-num sb-clip">{facts.join(' · ')}</span>
      {run.state === 'ok' && <AnswerActs run={run} grid={grid} />}
    </div>
  );
}

function AnswerActs({ run, grid }: { readonly run: Run; readonly grid: NodeGrid | undefined }) {
  const { t } = useTranslation('rpc');
  const { t: common } = useTranslation('common');
  const nameOf = useNodeNames();
  const json = () => JSON.stringify(run.data, null, 2);
  return (
    <>
      {grid === undefined ? (
        <IconButton label={common('copy')} onClick={() => void copyAndSay(json())}>
          <IconCopy size={14} stroke={1.6} />
        </IconButton>
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={common('copy')}>
              <IconCopy size={14} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <MenuEntries
              entries={[
                { id: 'json', label: t('copyJson'), run: () => void copyAndSay(json()) },
                { id: 'csv', label: t('copyCsv'), run: () => void copyAndSay(nodeCsv(run, nameOf)) },
                { id: 'file', label: t('saveCsv'), run: () => saveTextFile(`${run.method}.csv`, nodeCsv(run, nameOf), 'text/csv') },
              ]}
            />
          </Menu.Dropdown>
        </Menu>
      )}
      <IconButton label={t('saveAnswer')} onClick={() => saveTextFile(`${run.method}.json`, json())}>
        <IconDownload size={14} stroke={1.6} />
      </IconButton>
    </>
  );
}

function RunState({ run, grid }: { readonly run: Run; readonly grid: NodeGrid | undefined }) {
  const { t } = useTranslation('rpc');
  if (run.state === 'running') {
    const known = grid?.rows.filter((row) => row.state !== 'waiting' && row.state !== 'offline').length ?? 0;
    return (
      <StateLabel kind="running">
        {known === 0 ? t('waiting') : t('answeredSoFar', { answered: known, asked: grid?.rows.length })}
      </StateLabel>
    );
  }
  if (run.state === 'cancelled') return <StateLabel kind="paused">{t('outcome_cancelled')}</StateLabel>;
  if (run.error !== undefined) return <StateLabel kind="failed">{t(`errorShort_${shortOf(run.error.code)}`)}</StateLabel>;
  if (run.target.kind === 'broadcast') return <StateLabel kind="online">{t('outcome_accepted')}</StateLabel>;
  if (grid === undefined) return <StateLabel kind="online">{t('outcome_ok')}</StateLabel>;
  const { answered, rows } = grid;
  return <StateLabel kind={answered === rows.length ? 'online' : 'warn'}>{t('answered', { answered, asked: rows.length })}</StateLabel>;
}
