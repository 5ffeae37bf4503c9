import type { TFunction } from 'i18next';
import { type StateKind, StateLabel, StateShape } from '../../design/icons/index.ts';
import { Strip } from '../../design/layout/bars.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { formatCount } from '../../state/format.ts';
import { CloseResult, ShowFault } from './strip-parts.tsx';
import type { AllVerified } from './verification.ts';
import { byUrgency, type Finding } from './verify-each.ts';

const shapes: Readonly<Record<Finding['kind'], StateKind>> = { whole: 'valid', broken: 'invalid', unchecked: 'warn' };

/** What the check of all chains has found: the sum of it, and below that each chain by itself. */
export function Findings({ result }: { readonly result: AllVerified }) {
  const { t } = useTranslation('ledger');
  return (
    <>
      <SumStrip result={result} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul tabIndex={0} aria-label={t('findings')} className="le-findings sb-scroll">
        {byUrgency(result.findings).map((finding) => (
          <li key={finding.chainId}>
            <span className="sb-clip" title={finding.name}>
              {finding.name}
            </span>
            <span className="sb-clip" title={finding.kind === 'whole' ? undefined : findingWords(t, finding)}>
              <StateLabel kind={shapes[finding.kind]}>{findingWords(t, finding)}</StateLabel>
            </span>
            {finding.kind === 'broken' && <ShowFault chainId={finding.chainId} number={finding.fault.number} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function SumStrip({ result: { findings, chains } }: { readonly result: AllVerified }) {
  const { t } = useTranslation('ledger');
  const broken = findings.filter(({ kind }) => kind === 'broken').length;
  const unchecked = chains - findings.length + findings.filter(({ kind }) => kind === 'unchecked').length;
  const cancelled = findings.length < chains ? t('cancelledAfter', { amount: formatCount(findings.length), count: chains }) : undefined;
  if (broken > 0) {
    return (
      <Strip
        tone="crit"
        icon={<StateShape kind="invalid" />}
        fact={t('brokenFact', { amount: formatCount(broken), count: chains })}
        act={<CloseResult />}
      >
        {cancelled}
      </Strip>
    );
  }
  if (unchecked > 0) {
    return (
      <Strip
        tone="warn"
        icon={<StateShape kind="warn" />}
        fact={cancelled ?? t('uncheckedFact', { amount: formatCount(unchecked), count: chains })}
        act={<CloseResult />}
      />
    );
  }
  return <Strip tone="mode" icon={<StateShape kind="valid" />} fact={t('allWholeFact', { count: chains })} act={<CloseResult />} />;
}

function findingWords(t: TFunction<'ledger'>, finding: Finding): string {
  switch (finding.kind) {
    case 'whole':
      return t('findingWhole', { blocks: formatCount(finding.checkedBlocks), entries: formatCount(finding.checkedEntries) });
    case 'broken':
      return t('findingBroken', { height: formatCount(finding.fault.height), message: finding.fault.message });
    case 'unchecked':
      return t('findingUnchecked', { message: finding.message });
  }
}
