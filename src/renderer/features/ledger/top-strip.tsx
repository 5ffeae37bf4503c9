import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import type { LedgerChain, LedgerFork } from '../../../common/contract/ledger.ts';
import { useNow } from '../../app/frame/connection-label.tsx';
import { Meter } from '../../design/data/small.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatAge, formatCount, formatDuration } from '../../state/format.ts';
import { useLedger } from '../../state/ledger.ts';
import { showLedger } from './ledger-route.ts';
import { missingBlocks, type Standing, standingOf } from './model/chain-table.ts';
import { cancelVerification, useVerification, type Verification } from './verification.ts';
import { numberWord } from './words.ts';

interface TopStripProps {
  readonly chains: readonly LedgerChain[];
  readonly forks: readonly LedgerFork[];
}

/** How the ledger stands: verified how far and when, or where it breaks; the check that goes on, with its end. */
export function TopStrip({ chains, forks }: TopStripProps) {
  const { t } = useTranslation('ledger');
  const verification = useVerification(({ state }) => state);
  const own = useLedger(({ status }) => status?.verifying ?? null);
  if (verification.kind === 'running') {
    const { asked, checked, total } = verification;
    return (
      <ProgressStrip name={asked.name} checked={checked} total={total}>
        <button type="button" className="sb-link" onClick={cancelVerification}>
          {t('cancelVerify')}
        </button>
      </ProgressStrip>
    );
  }
  const standing = standingOf(chains, forks);
  // What the state of the chain says by itself is not said twice.
  const result = verification.kind === 'done' ? verification.result : undefined;
  const saysDamage = result?.fault != null && standing?.kind === 'damaged' && standing.chain.chainId === result.fault.chainId;
  const saysWell = result?.fault === null && isWell(standing);
  return (
    <>
      {verification.kind !== 'none' && !saysDamage && <ResultStrip verification={verification} />}
      {own !== null ? (
        <ProgressStrip
          name={chains.find(({ chainId }) => chainId === own.chainId)?.name ?? own.chainId}
          checked={own.checked}
          total={own.total}
        />
      ) : (
        standing !== undefined && !saysWell && <StandingStrip standing={standing} />
      )}
    </>
  );
}

function isWell(standing: Standing | undefined): boolean {
  return standing?.kind === 'verified' || standing?.kind === 'partly';
}

function ProgressStrip(props: { readonly name: string; readonly checked: number; readonly total: number; readonly children?: ReactNode }) {
  const { t } = useTranslation('ledger');
  const { name, checked, total } = props;
  const percent = total === 0 ? null : (100 * checked) / total;
  return (
    <Strip tone="mode" icon={<StateShape kind="running" />} fact={t('verifyingFact', { name })} act={props.children}>
      {percent !== null && (
        <span className="le-progress sb-num">
          <Meter percent={percent} tone="accent" />
          {t('verifyingDetail', { checked: formatCount(checked), total: formatCount(total), percent: Math.floor(percent) })}
        </span>
      )}
    </Strip>
  );
}

/** What the check that a person asked for has found, until it is put away. */
function ResultStrip({ verification }: { readonly verification: Extract<Verification, { readonly kind: 'done' | 'failed' }> }) {
  const { t } = useTranslation('ledger');
  const { t: common } = useTranslation('common');
  const { name, chainId } = verification.asked;
  const close = (
    <button type="button" className="sb-link" onClick={cancelVerification}>
      {common('close')}
    </button>
  );
  if (verification.kind === 'failed') {
    return (
      <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('notVerified', { name })} act={close}>
        {verification.message}
      </Strip>
    );
  }
  const { fault, checkedBlocks, checkedEntries, durationMs } = verification.result;
  const words = { blocks: formatCount(checkedBlocks), entries: formatCount(checkedEntries), time: formatDuration(durationMs) };
  if (fault === null) {
    return (
      <Strip tone="mode" icon={<StateShape kind="valid" />} fact={t('checkedFact', { name })} act={close}>
        {t('checkedDetail', words)}
      </Strip>
    );
  }
  return (
    <Strip
      tone="crit"
      icon={<StateShape kind="invalid" />}
      fact={t('breaksFact', { name, height: formatCount(fault.height) })}
      act={
        <span className="sb-flex">
          <ShowFault chainId={chainId} number={fault.number} />
          {close}
        </span>
      }
    >
      {fault.message}
    </Strip>
  );
}

function StandingStrip({ standing }: { readonly standing: Standing }) {
  const { t } = useTranslation('ledger');
  const { kind, chain } = standing;
  const nowMs = useNow(kind === 'verified' || kind === 'partly');
  const toChains = (
    <button type="button" className="sb-link" onClick={() => showLedger({ tab: 'chains' })}>
      {t('show')}
    </button>
  );
  const more = 'more' in standing && standing.more > 0 ? ` ${t('andMoreChains', { count: standing.more })}` : '';
  switch (kind) {
    case 'damaged': {
      const { fault } = chain;
      return (
        <Strip
          tone="crit"
          icon={<StateShape kind="invalid" />}
          fact={
            fault === null
              ? t('damagedFact', { name: chain.name })
              : t('breaksFact', { name: chain.name, height: formatCount(fault.height) })
          }
          act={fault === null ? toChains : <ShowFault chainId={chain.chainId} number={fault.number} />}
        >
          {fault?.message}
          {more}
        </Strip>
      );
    }
    case 'forked':
      return (
        <Strip tone="crit" icon={<StateShape kind="warn" />} fact={forkFact(t, standing)} act={toChains}>
          {t('forkedDetail')}
          {more}
        </Strip>
      );
    case 'behind':
      return (
        <Strip
          tone="warn"
          icon={<StateShape kind="lagging" />}
          fact={t('behindFact', { name: chain.name, count: missingBlocks(chain), amount: formatCount(missingBlocks(chain)) })}
          act={toChains}
        >
          {t('behindDetail')}
          {more}
        </Strip>
      );
    case 'verified':
    case 'partly': {
      const age = chain.verifiedAt === null ? undefined : formatAge(nowMs - chain.verifiedAt);
      const words =
        kind === 'verified'
          ? t('verifiedFact', { number: numberWord(chain.entries) })
          : t('partlyFact', { height: formatCount(chain.verifiedHeight), head: formatCount(chain.height) });
      return <Strip tone="mode" icon={<StateShape kind="valid" />} fact={age === undefined ? words : t('withAge', { words, age })} />;
    }
    case 'unverified':
      return <Strip tone="mode" icon={<StateShape kind="unknown" />} fact={t('unverifiedFact', { name: chain.name })} />;
  }
}

function forkFact(t: TFunction<'ledger'>, { chain, fork }: Extract<Standing, { readonly kind: 'forked' }>): string {
  return fork === undefined
    ? t('forkedFact', { name: chain.name })
    : t('forkedAtFact', { name: chain.name, height: formatCount(fork.height) });
}

/** Opens the entry that is not right; where a whole block is not, its chain. */
function ShowFault({ chainId, number }: { readonly chainId: string; readonly number: number | null }) {
  const { t } = useTranslation('ledger');
  const open = () =>
    number === null ? showLedger({ tab: 'chains' }) : showLedger({ tab: 'entries', entry: { chain: chainId, number }, entryTab: 'proof' });
  return (
    <button type="button" className="sb-link" onClick={open}>
      {t('show')}
    </button>
  );
}
