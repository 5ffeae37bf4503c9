import { useEffect, useMemo, useState } from 'react';
import { type LogLevel, logLevels } from '../../../../common/contract/logs.ts';
import { IconButton } from '../../../design/controls/icon-button.tsx';
import { Button, Menu, Select, TextInput } from '../../../design/controls/index.ts';
import { MenuButton } from '../../../design/controls/menu-button.tsx';
import { Loading } from '../../../design/feedback/states.tsx';
import { IconDownload, IconEraser, IconPlayerPause, IconPlayerPlay, IconSearch, StateShape } from '../../../design/icons/index.ts';
import { Strip } from '../../../design/layout/bars.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount } from '../../../state/format.ts';
import { useNode } from '../../../state/node.ts';
import { useCall } from '../../../state/use-call.ts';
import { CallFailure } from '../../shared/call-failure.tsx';
import { LogLineList } from '../../shared/logs/log-line-list.tsx';
import { filterLines } from '../../shared/logs/log-tail.ts';
import { useLogTail } from '../../shared/logs/use-log-tail.ts';
import { useSectionName } from '../use-section-name.ts';
import { downloadLog, setLogLevel } from './log-acts.ts';

/** The node's logs: which one, how much it says, its lines live. */
export function LogsSection({ mayWrite }: { readonly mayWrite: boolean }) {
  const { t } = useTranslation('logs');
  const sectionName = useSectionName();
  const { t: common } = useTranslation('common');
  const [name, setName] = useState('all');
  const [least, setLeast] = useState<LogLevel>('trace');
  const [text, setText] = useState('');
  const [paused, setPaused] = useState(false);
  const stale = useNode(({ connection }) => connection.kind !== 'connected');
  const logs = useCall('logs.list', {});
  const live = useLogTail({ name, paused });
  const lines = useMemo(() => filterLines(live.lines, least, text), [live.lines, least, text]);
  const known = logs.state.kind === 'ready' || logs.state.kind === 'stale' ? logs.state.data : [];
  const levelsNow = new Set(known.filter((log) => name === 'all' || log.name === name).map((log) => log.level));
  const level = levelsNow.size === 1 ? [...levelsNow][0] : undefined;
  const { retry } = logs;
  // Another log, another search: the line looked for is not there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the log's name counts
  useEffect(() => setPaused(false), [name]);
  const levels = logLevels.map((word) => ({ value: word, label: t(`level_${word}`) }));
  return (
    <section className="st-logs sb-col" aria-label={sectionName('logs')} {...(stale && { 'data-stale': true })}>
      <div className="sb-subbar st-log-bar">
        <Select
          aria-label={t('log')}
          className="st-log-name"
          value={name}
          onChange={(next) => next !== null && setName(next)}
          data={[{ value: 'all', label: t('allLogs') }, ...known.map((log) => ({ value: log.name, label: log.name }))]}
        />
        <Select
          aria-label={t('logLevel')}
          className="st-log-level"
          disabled={!mayWrite}
          placeholder={t('logLevelMixed')}
          value={level ?? null}
          onChange={(next) => next !== null && void setLogLevel(name, next as LogLevel).then(retry)}
          data={levels}
          leftSection={<span className="sb-3">{t('writes')}</span>}
          leftSectionWidth={52}
        />
        <span className="sb-sep" />
        <Select
          aria-label={t('showLevel')}
          className="st-log-level"
          value={least}
          onChange={(next) => next !== null && setLeast(next as LogLevel)}
          data={levels}
          leftSection={<span className="sb-3">{t('shows')}</span>}
          leftSectionWidth={52}
        />
        <TextInput
          aria-label={t('filterLines')}
          placeholder={t('filterLines')}
          className="st-log-filter"
          leftSection={<IconSearch size={14} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span className="sb-grow" />
        <IconButton label={paused ? t('resume') : t('pause')} pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? <IconPlayerPlay size={16} stroke={1.6} /> : <IconPlayerPause size={16} stroke={1.6} />}
        </IconButton>
        <IconButton label={t('clearLines')} onClick={live.clear}>
          <IconEraser size={16} stroke={1.6} />
        </IconButton>
        <MenuButton label={t('download')} icon={<IconDownload size={16} stroke={1.6} />}>
          <DownloadItems onPick={(form) => void downloadLog(name, form)} />
        </MenuButton>
      </div>
      {paused && (
        <Strip
          tone="mode"
          icon={<StateShape kind="paused" />}
          fact={t('paused')}
          act={
            <button type="button" className="sb-link" onClick={() => setPaused(false)}>
              {t('resume')}
            </button>
          }
        >
          {t('pausedDetail')}
        </Strip>
      )}
      {live.failure !== undefined && live.lines.length === 0 ? (
        <CallFailure title={t('logFailed')} error={live.failure} call="logs.tail" onRetry={live.retry} />
      ) : live.loading && live.lines.length === 0 ? (
        <Loading asking={(seconds) => common('asking', { node: common('thisNode'), seconds })} cancelLabel={common('cancel')} rows={12} />
      ) : lines.length === 0 ? (
        <div className="sb-empty">
          <h3 className="st-empty-title">{live.lines.length === 0 ? t('noLines') : t('noLineMatches', { text })}</h3>
          {live.lines.length > 0 && (
            <Button
              variant="default"
              onClick={() => {
                setText('');
                setLeast('trace');
              }}
            >
              {common('clearFilter')}
            </Button>
          )}
        </div>
      ) : (
        <LogLineList lines={lines} dropped={live.gone} paused={paused} />
      )}
      <div className="st-counters">
        <span>{t('linesShown', { shown: formatCount(lines.length), kept: formatCount(live.lines.length) })}</span>
        <span className={live.missed > 0 ? 'sb-warn' : undefined}>{t('linesMissed', { amount: formatCount(live.missed) })}</span>
      </div>
    </section>
  );
}

function DownloadItems({ onPick }: { readonly onPick: (form: 'ndjson' | 'text') => void }) {
  const { t } = useTranslation('logs');
  return (
    <>
      <Menu.Item onClick={() => onPick('ndjson')}>{t('downloadNdjson')}</Menu.Item>
      <Menu.Item onClick={() => onPick('text')}>{t('downloadText')}</Menu.Item>
    </>
  );
}
