import { StateLabel } from '../../../design/icons/index.ts';
import { ScrollArea } from '../../../design/layout/scroll-area.tsx';
import { useTranslation } from '../../../i18n/index.ts';
import { formatCount, formatTime } from '../../../state/format.ts';
import { isZeroHash } from '../model/hashes.ts';
import { proofSteps } from '../model/proof.ts';
import { numberWord, signatureShapes } from '../words.ts';
import type { EntryTabProps } from './entry-tab-props.ts';

/** What proves the entry: its bytes, the way to the root of its block, the signature, the block before it. */
export function ProofTab({ detail }: EntryTabProps) {
  const { t } = useTranslation('ledger');
  const { entry, block, text } = detail;
  const steps = proofSteps(detail);
  const words = { number: numberWord(entry.number), height: formatCount(block.height), name: entry.chainName };
  return (
    <ScrollArea label={t('tab_proof')}>
      <section className="sb-sec">
        <StateLabel kind={signatureShapes[entry.signature]}>{t(`proof_${entry.signature}`, words)}</StateLabel>
        {entry.signature === 'invalid' && <p className="sb-2 le-text">{t('proofBroken')}</p>}
        <ol className="le-steps">
          <li>
            <p>{t('step_digest', words)}</p>
            <Hash value={entry.digest} />
          </li>
          {steps.length === 0 ? (
            <li>
              <p>{t('step_alone', words)}</p>
              <Hash value={block.entriesRoot} />
            </li>
          ) : (
            <li>
              <p>{t('step_path', { ...words, count: steps.length })}</p>
              <ol className="le-path">
                {steps.map(({ step, side, hash }) => (
                  <li key={step}>
                    <span className="sb-3">{t(`side_${side}`)}</span>
                    <Hash value={hash} />
                  </li>
                ))}
              </ol>
              <p>{t('step_root')}</p>
              <Hash value={block.entriesRoot} />
            </li>
          )}
          <li>
            <p>{t('step_block', words)}</p>
            <Hash value={block.hash} />
          </li>
          <li>
            <p>{t('step_signed', words)}</p>
            <Hash value={block.signature} />
          </li>
          <li>
            {isZeroHash(block.prevHash) ? (
              <p>{t('step_first', words)}</p>
            ) : (
              <>
                <p>{t('step_follows', { ...words, before: formatCount(block.height - 1) })}</p>
                <Hash value={block.prevHash} />
              </>
            )}
          </li>
        </ol>
      </section>
      <section className="sb-sec">
        <h3 className="sb-h">{t('block', words)}</h3>
        <dl className="sb-kv">
          <dt>{t('block_at')}</dt>
          <dd>{formatTime(block.at, { milliseconds: true })}</dd>
          <dt>{t('block_entries')}</dt>
          <dd>
            {t('blockEntries', {
              count: block.count,
              from: numberWord(block.firstNumber),
              to: numberWord(block.firstNumber + block.count - 1),
            })}
          </dd>
        </dl>
      </section>
      <section className="sb-sec">
        <h3 className="sb-h">{t('bytes')}</h3>
        <pre className="sb-mono sb-select le-bytes">{text}</pre>
      </section>
    </ScrollArea>
  );
}

function Hash({ value }: { readonly value: string }) {
  return <code className="sb-mono sb-select le-hash">{value}</code>;
}
