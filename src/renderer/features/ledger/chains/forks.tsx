import type { LedgerFork } from '../../../../common/contract/ledger.ts';
import { StateShape } from '../../../design/icons/index.ts';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { useNodeNames } from '../../../state/node-names.ts';

/** Two blocks that one node signed for one place: both are kept as evidence, side by side. */
export function Forks({ forks }: { readonly forks: readonly LedgerFork[] }) {
  const { t } = useTranslation('ledger');
  const nameOf = useNodeNames();
  return (
    <section className="le-forks" aria-labelledby="le-forks">
      <h2 id="le-forks" className="sb-h">
        {t('forks')}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <ul tabIndex={0} aria-label={t('forks')} className="sb-scroll">
        {forks.map(({ chainId, name, height, seenAt, blocks }) => (
          <li key={`${chainId} ${height}`}>
            <p className="sb-flex">
              <StateShape kind="warn" />
              <b className="le-strong">{t('forkAt', { name, height: formatCount(height) })}</b>
              <span className="sb-3">{t('seenAt', { time: formatTime(seenAt) })}</span>
            </p>
            <ul>
              {blocks.map(({ hash, at, entries, from }) => (
                <li key={hash} className="le-fork-block">
                  <code className="sb-mono sb-select sb-clip" title={hash}>
                    {hash}
                  </code>
                  <span className="sb-2 sb-num">{t('forkBlock', { time: formatTime(at), count: entries, from: nameOf(from) })}</span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
