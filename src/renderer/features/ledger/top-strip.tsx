import type { TFunction } from 'i18next';
import type { LedgerChain, LedgerFork } from '../../../common/contract/ledger.ts';
import { useNow } from '../../app/frame/connection-label.tsx';
import { StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatAge, formatCount, formatDuration } from '../../state/format.ts';
import { useLedger } from '../../state/ledger.ts';
import { Findings } from './findings.tsx';
import { showLedger } from './ledger-route.ts';
import { missingBlocks, type Standing, standingOf } from './model/chain-table.ts';
import { CloseResult, ProgressStrip, ShowFault } from './strip-parts.tsx';
import { type AllVerified, useVerification, type Verification } from './verification.ts';
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
    return <ProgressStrip fact={t('verifyingFact', { name: asked.name })} checked={checked} total={total} canCancel />;
  }
  if (verification.kind === 'runningAll') {
    const { round } = verification;
    const fact = round === undefined ? t('verifyingAllFact') : t('verifyingOfAll', { ...round, count: round.chains });
    return <ProgressStrip fact={fact} checked={round?.checked ?? 0} total={round?.total ?? 0} canCancel />;
  }
  const standing = standingOf(chains, forks);
  if (verification.kind === 'doneAll') {
    return (
      <>
        <Findings result={verification} />
        {standing !== undefined && !isSaid(standing, verification) && <StandingStrip standing={standing} />}
      </>
    );
  }
  // What the state of the chain says by itself is not said twice.
  const result = verification.kind === 'done' ? verification.result : undefined;
  const saysDamage = result?.fault != null && standing?.kind === 'damaged' && standing.chain.chainId === result.fault.chainId;
  const saysWell = result?.fault === null && isWell(standing);
  return (
    <>
      {verification.kind !== 'none' && !saysDamage && <ResultStrip verification={verification} />}
      {own !== null ? (
        <ProgressStrip
          fact={t('verifyingFact', { name: chains.find(({ chainId }) => chainId === own.chainId)?.name ?? own.chainId })}
          checked={own.checked}
          total={own.total}
        />
      ) : (
        standing !== undefined && !saysWell && <StandingStrip standing={standing} />
      )}
    </>
  );
}

/** Forks and copies that are behind are none of the findings; damage is, unless its chain was not reached. */
function isSaid(standing: Standing, { findings }: AllVerified): boolean {
  if (standing.kind === 'forked' || standing.kind === 'behind') return false;
  return standing.kind !== 'damaged' || findings.some(({ kind, chainId }) => kind === 'broken' && chainId === standing.chain.chainId);
}

function isWell(standing: Standing | undefined): boolean {
  return standing?.kind === 'verified' || standing?.kind === 'partly';
}

/** What the check that a person asked for has found, until it is put away. */
function ResultStrip({
  verification,
}: {
  readonly verification: Extract<Verification, { readonly kind: 'done' | 'failed' | 'failedAll' }>;
}) {
  const { t } = useTranslation('ledger');
  if (verification.kind === 'failedAll') {
    return (
      <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('noneVerified')} act={<CloseResult />}>
        {verification.message}
      </Strip>
    );
  }
  const { name, chainId } = verification.asked;
  if (verification.kind === 'failed') {
    return (
      <Strip tone="warn" icon={<StateShape kind="warn" />} fact={t('notVerified', { name })} act={<CloseResult />}>
        {verification.message}
      </Strip>
    );
  }
  const { fault, checkedBlocks, checkedEntries, durationMs } = verification.result;
  const words = { blocks: formatCount(checkedBlocks), entries: formatCount(checkedEntries), time: formatDuration(durationMs) };
  if (fault === null) {
    return (
      <Strip tone="mode" icon={<StateShape kind="valid" />} fact={t('checkedFact', { name })} act={<CloseResult />}>
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
          <CloseResult />
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
