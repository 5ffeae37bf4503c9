import { type KeyboardEvent, useEffect, useState } from 'react';
import type { LedgerChain } from '../../../../common/contract/ledger.ts';
import { Button, Kbd, Select, TextInput, useDebouncedCallback } from '../../../design/controls/index.ts';
import { IconPlayerPause, IconPlayerPlay } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { focusTable } from '../../shared/table/table-order.ts';
import type { LedgerRoute } from '../ledger-route.ts';
import { showLedger } from '../ledger-route.ts';
import { entryListId, filterFieldId, useLive } from '../ledger-store.ts';
import { findChain } from '../model/chain-table.ts';
import { isNarrowed, type LedgerFilter, noFilter, outcomes, timeSpans } from '../model/ledger-filter.ts';

/** A person who writes is not listed for at each letter. */
const writingMs = 300;

interface FilterBarProps {
  readonly route: LedgerRoute;
  readonly chains: readonly LedgerChain[];
}

/** What the list is narrowed to, all of it in the address, and the pause. */
export function FilterBar({ route, chains }: FilterBarProps) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const paused = useLive((state) => state.paused);
  const { filter } = route;
  const change = (next: Partial<LedgerFilter>) => showLedger({ filter: { ...filter, ...next }, entry: undefined });
  const named = findChain(chains, route.chain);
  const options = chains.map(({ chainId, name }) => ({ value: chainId, label: name }));
  return (
    <search className="sb-subbar le-filters" aria-label={t('filters')}>
      <Select
        aria-label={t('filter_chain')}
        className="le-field-chain"
        placeholder={t('allChains')}
        data={options}
        value={route.chain === undefined ? null : (named?.chainId ?? null)}
        onChange={(chain) => showLedger({ chain: chain ?? undefined, entry: undefined })}
        searchable={chains.length > 8}
        clearable
      />
      <TextFilter
        id={filterFieldId}
        name="act"
        label={t('filter_act')}
        value={filter.act}
        onChange={(act) => change({ act })}
        shortcut="/"
      />
      <TextFilter name="actor" label={t('filter_actor')} value={filter.actor} onChange={(actor) => change({ actor })} />
      <TextFilter name="target" label={t('filter_target')} value={filter.target} onChange={(target) => change({ target })} />
      <Select
        aria-label={t('filter_outcome')}
        className="le-field-outcome"
        placeholder={t('anyOutcome')}
        data={outcomes.map((value) => ({ value, label: t(`outcome_${value}`) }))}
        value={filter.outcome ?? null}
        onChange={(value) => change({ outcome: outcomes.find((known) => known === value) })}
        clearable
      />
      <Select
        aria-label={t('filter_time')}
        className="le-field-time"
        data={timeSpans.map((value) => ({ value, label: t(`time_${value}`) }))}
        value={filter.time}
        onChange={(value) => change({ time: timeSpans.find((known) => known === value) ?? 'any' })}
        allowDeselect={false}
      />
      {filter.time === 'range' && (
        <>
          <DateFilter label={t('filter_from')} value={filter.from} onChange={(from) => change({ from })} />
          <DateFilter label={t('filter_to')} value={filter.to} onChange={(to) => change({ to })} />
        </>
      )}
      {(isNarrowed(filter) || route.chain !== undefined) && (
        <button
          type="button"
          className="sb-link le-clear"
          onClick={() => showLedger({ chain: undefined, filter: noFilter, entry: undefined })}
        >
          {common('clearFilter')}
        </button>
      )}
      <span className="sb-grow" />
      <Button
        variant="default"
        className="le-pause"
        leftSection={paused ? <IconPlayerPlay size={14} stroke={1.6} /> : <IconPlayerPause size={14} stroke={1.6} />}
        onClick={() => useLive.setState({ paused: !paused })}
      >
        {paused ? t('goOn') : t('pause')}
      </Button>
    </search>
  );
}

interface TextFilterProps {
  readonly id?: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly shortcut?: string;
}

function TextFilter({ id, name, label, value, onChange, shortcut }: TextFilterProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const tell = useDebouncedCallback(onChange, writingMs);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && text !== '') {
      setText('');
      onChange('');
    } else if (event.key === 'Enter') onChange(text);
    else if (event.key === 'ArrowDown') focusTable(entryListId);
    else return;
    event.preventDefault();
  };
  return (
    <TextInput
      {...(id !== undefined && { id })}
      className={`le-field-${name}`}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      onKeyDown={onKeyDown}
      {...(shortcut !== undefined && text === '' && { rightSection: <Kbd>{shortcut}</Kbd> })}
      maxLength={128}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function DateFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      className="le-field-date"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
